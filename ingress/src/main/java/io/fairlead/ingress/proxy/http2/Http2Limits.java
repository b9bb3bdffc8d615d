package io.fairlead.ingress.proxy.http2;

/**
 * What a peer of a connection of HTTP/2 may use, and may make us do.
 *
 * <p>Immutable.
 *
 * @param streamsMax requests under way at once
 * @param streamWindowBytes content of one stream that may be sent to us before we take it; also how much we keep of a
 *     stream that the peer does not take
 * @param connectionWindowBytes the same of all streams together
 * @param resetsMax streams that end without an answer, by the peer's reset or by one that it provoked, before the
 *     connection ends; each answer, and time, give some back (CVE-2023-44487, CVE-2025-8671)
 * @param idleFramesMax frames that move nothing (PING, SETTINGS, PRIORITY, empty DATA and the like), in the same way
 */
public record Http2Limits(
        int streamsMax, int streamWindowBytes, int connectionWindowBytes, int resetsMax, int idleFramesMax) {

    public static final Http2Limits DEFAULT = new Http2Limits(128, 64 * 1024, 1 << 20, 200, 2_000);

    private static final int STREAMS_MAX = 10_000;
    private static final int WINDOW_MIN = 16 * 1024;
    /** What windows begin with; that of the connection cannot be made smaller (RFC 9113 section 6.9.2). */
    private static final int WINDOW_DEFAULT = 65_535;

    private static final int WINDOW_MAX = 1 << 30;
    private static final int FRAMES_MAX = 1_000_000;

    /** @throws IllegalArgumentException if a limit is out of range */
    public Http2Limits {
        check("streamsMax", streamsMax, 1, STREAMS_MAX);
        check("streamWindowBytes", streamWindowBytes, WINDOW_MIN, WINDOW_MAX);
        check("connectionWindowBytes", connectionWindowBytes, WINDOW_DEFAULT, WINDOW_MAX);
        check("resetsMax", resetsMax, 1, FRAMES_MAX);
        check("idleFramesMax", idleFramesMax, 1, FRAMES_MAX);
    }

    private static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + value + ", must be " + min + " to " + max);
        }
    }
}
