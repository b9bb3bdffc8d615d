package io.fairlead.runtime.http;

import java.time.Duration;

/**
 * What one server takes.
 *
 * <p>Immutable.
 *
 * @param headBytesMax longest request head; longer ones get 431
 * @param connectionsMax connections at a time; more get 503
 * @param requestTimeout time from the connection to the end of the request head; then it is closed
 * @param replyTimeout time from then to the last byte of the reply; then it is closed
 */
public record HttpLimits(int headBytesMax, int connectionsMax, Duration requestTimeout, Duration replyTimeout) {

    /** 8 KiB, 64 connections, 5 s and 30 s. */
    public static final HttpLimits DEFAULT = new HttpLimits(8192, 64, Duration.ofSeconds(5), Duration.ofSeconds(30));
}
