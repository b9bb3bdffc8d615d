package io.fairlead.runtime.logging;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was logged.
 *
 * <p>Immutable.
 *
 * @param template the message before values were put in: what makes two records "the same"
 * @param thrown the exception that was passed along, if any
 */
record LogRecord(
        Level level,
        String logger,
        String template,
        String message,
        @Nullable Throwable thrown) {}
