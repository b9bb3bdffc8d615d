package io.fairlead.ingress.upstream;

import io.fairlead.ingress.proxy.http1.HeadLimits;
import io.fairlead.ingress.proxy.http2.Http2Limits;

/**
 * What holds for the connections to all backends.
 *
 * <p>Immutable.
 *
 * @param headLimits of answers
 * @param idlePerBackendMax connections that are kept without a request, for each worker and backend
 * @param idleMillis how long one is kept so
 * @param http2 of connections of HTTP/2; a further one is made when all have as many streams as they may
 */
public record UpstreamSettings(HeadLimits headLimits, int idlePerBackendMax, long idleMillis, Http2Limits http2) {

    public static final UpstreamSettings DEFAULT =
            new UpstreamSettings(HeadLimits.DEFAULT, 1_024, 60_000, Http2Limits.DEFAULT);
}
