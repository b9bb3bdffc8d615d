/**
 * Whole-process measurements of what the project promises, each beside its target.
 *
 * <p>Reads the figures of programs that it starts in fresh JVMs and fresh network namespaces; writes a table and a line
 * of JSON to standard output; never changes the network namespace that it is started in.
 */
@NullMarked
package io.fairlead.bench;

import org.jspecify.annotations.NullMarked;
