package io.fairlead.runtime.logging;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The log of this process.
 *
 * <p>One for a process by nature, like the standard error that it writes to: the JDK asks for loggers long before a
 * program's main can pass anything. Until {@link #configure} is called, {@link LogSettings#DEFAULT} holds. Thread-safe.
 */
public final class Logging {

    private static final LogOutput PROCESS = new LogOutput(
            new FileOutputStream(FileDescriptor.err),
            Clock.systemUTC(),
            (delay, task) -> CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS)
                    .execute(task));

    private Logging() {}

    /** Called once, by a program's main. */
    public static void configure(LogSettings settings) {
        PROCESS.configure(settings);
    }

    /** Writes the counts of records that were held back; the last thing a process does with its log. */
    public static void flush() {
        PROCESS.flush();
    }

    /** The last lines of the log of this process, a few hundred. */
    public static String recent() {
        return PROCESS.recent();
    }

    static LogOutput process() {
        return PROCESS;
    }
}
