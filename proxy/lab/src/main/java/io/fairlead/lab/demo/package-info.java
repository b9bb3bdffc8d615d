/**
 * The story that {@code fairlead demo} tells, and how it looks.
 *
 * <p>Reads what real traffic met and what the programs answer; writes the terminal and the manifests of its cluster; never
 * says that something worked without having seen it.
 */
@NullMarked
package io.fairlead.lab.demo;

import org.jspecify.annotations.NullMarked;
