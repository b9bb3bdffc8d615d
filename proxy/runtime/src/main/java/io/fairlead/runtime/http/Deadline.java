package io.fairlead.runtime.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Closes a channel when a time is over, which ends a read or write that waits on it: unix-domain sockets have no
 * time-out of their own in Java.
 *
 * <p>Thread-safe.
 */
final class Deadline implements AutoCloseable {

    private final Future<?> closing;

    private Deadline(Future<?> closing) {
        this.closing = closing;
    }

    static Deadline closing(Channel channel, Duration time) {
        Runnable close = () -> {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        return new Deadline(ForkJoinPool.commonPool().schedule(close, time.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** Calls it off. */
    @Override
    public void close() {
        closing.cancel(false);
    }
}
