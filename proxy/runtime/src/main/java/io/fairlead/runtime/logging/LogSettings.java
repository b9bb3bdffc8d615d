package io.fairlead.runtime.logging;

import java.lang.System.Logger.Level;
import java.time.Duration;

/**
 * What is logged, and how.
 *
 * <p>Immutable.
 *
 * @param level the least severe level that is written; of foreign libraries never less than warnings
 * @param format how a record looks
 * @param repeatsMax records of one template (not of one text) within {@code window} that are written, at least 1
 * @param window how long repeats are counted together
 */
public record LogSettings(Level level, Format format, int repeatsMax, Duration window) {

    /** The levels that a user may name. Immutable. */
    public enum Verbosity {
        ERROR(Level.ERROR),
        WARNING(Level.WARNING),
        INFO(Level.INFO),
        DEBUG(Level.DEBUG);

        private final Level level;

        Verbosity(Level level) {
            this.level = level;
        }

        public Level level() {
            return level;
        }
    }

    /** How a record looks. Immutable. */
    public enum Format {
        /** {@code 2026-11-21T12:30:01.123Z warning ProxyLoop: default/web set aside}. */
        PLAIN,
        /** An object with the members time, level, logger, message and perhaps exception. */
        JSON
    }

    /** Information, plain, twenty of a kind each minute. */
    public static final LogSettings DEFAULT = new LogSettings(Level.INFO, Format.PLAIN, 20, Duration.ofMinutes(1));

    public LogSettings {
        if (repeatsMax < 1 || !window.isPositive()) {
            throw new IllegalArgumentException("repeatsMax " + repeatsMax + ", window " + window);
        }
    }

    /** The same with what a user can choose on the command line. */
    public LogSettings with(Verbosity verbosity, Format format) {
        return new LogSettings(verbosity.level(), format, repeatsMax, window);
    }
}
