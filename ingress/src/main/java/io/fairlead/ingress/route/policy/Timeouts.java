package io.fairlead.ingress.route.policy;

/**
 * How long a request may wait, in milliseconds.
 *
 * <p>Immutable.
 *
 * @param connectMillis until a connection to a backend stands, TLS included
 * @param requestMillis from the end of the request's head to the end of the answer, retries included; 0 for no limit
 * @param idleMillis between two reads or writes that make progress, also of an upgraded connection
 */
public record Timeouts(long connectMillis, long requestMillis, long idleMillis) {

    /** Long answers, gRPC streams and WebSockets live as long as they move. */
    public static final Timeouts DEFAULT = new Timeouts(5_000, 0, 60_000);

    private static final long CONNECT_MILLIS_MAX = 600_000;
    private static final long DAY_MILLIS = 86_400_000;

    public Timeouts {
        Range.check("connect time-out in milliseconds", connectMillis, 1, CONNECT_MILLIS_MAX);
        Range.check("request time-out in milliseconds", requestMillis, 0, DAY_MILLIS);
        Range.check("idle time-out in milliseconds", idleMillis, 1, DAY_MILLIS);
    }
}
