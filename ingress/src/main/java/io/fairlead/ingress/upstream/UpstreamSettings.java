package io.fairlead.ingress.upstream;

import io.fairlead.ingress.proxy.http1.HeadLimits;

/**
 * What holds for the connections to all backends.
 *
 * <p>Immutable.
 *
 * @param headLimits of answers
 * @param idlePerBackendMax connections that are kept without a request, for each worker and backend
 * @param idleMillis how long one is kept so
 */
public record UpstreamSettings(HeadLimits headLimits, int idlePerBackendMax, long idleMillis) {

    public static final UpstreamSettings DEFAULT = new UpstreamSettings(HeadLimits.DEFAULT, 256, 60_000);
}
