package io.fairlead.runtime.options;

import java.util.function.ToIntFunction;

/**
 * A command and what it does.
 *
 * <p>Immutable.
 *
 * @param run returns the exit code
 */
public record Verb(Command command, ToIntFunction<Arguments> run) {}
