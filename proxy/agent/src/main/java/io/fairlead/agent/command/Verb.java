package io.fairlead.agent.command;

import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import java.util.function.ToIntFunction;

/**
 * A command and what it does.
 *
 * <p>Immutable.
 *
 * @param run returns the exit code
 */
public record Verb(Command command, ToIntFunction<Arguments> run) {}
