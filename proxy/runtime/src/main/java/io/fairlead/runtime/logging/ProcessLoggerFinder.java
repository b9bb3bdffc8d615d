package io.fairlead.runtime.logging;

import java.lang.System.Logger;

/**
 * Gives the JDK the loggers of this process; named in META-INF/services.
 *
 * <p>Thread-safe.
 */
public final class ProcessLoggerFinder extends System.LoggerFinder {

    @Override
    public Logger getLogger(String name, Module module) {
        return new ProcessLogger(name, Logging.process());
    }
}
