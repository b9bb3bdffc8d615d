/**
 * The repository held to its own rules: arrows between modules, sizes, words, Javadoc, links.
 *
 * <p>Reads sources, classes and documents of this repository; writes nothing; never judges behaviour.
 */
@NullMarked
package io.fairlead.test.repo;

import org.jspecify.annotations.NullMarked;
