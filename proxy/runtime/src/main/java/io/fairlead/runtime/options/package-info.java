/**
 * The command line: declared options, typed values, and every mistake in one answer.
 *
 * <p>Reads the words that the process was started with; writes nothing, since the caller prints help and errors; never
 * decides what a value means, which its format does.
 */
@NullMarked
package io.fairlead.runtime.options;

import org.jspecify.annotations.NullMarked;
