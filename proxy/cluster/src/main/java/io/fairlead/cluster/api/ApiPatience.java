package io.fairlead.cluster.api;

import java.time.Duration;

/**
 * How long an API server is waited for.
 *
 * <p>Immutable.
 *
 * @param headMax for the head of an answer
 * @param probeAfter how long nothing at all may arrive before the server is asked whether it is there
 * @param probeMax for the answer to that
 */
record ApiPatience(Duration headMax, Duration probeAfter, Duration probeMax) {

    /** Found out within half a minute, as by the HTTP/2 pings of Kubernetes' own clients in 45 s; a quiet node asks thrice a minute. */
    static final ApiPatience STANDARD =
            new ApiPatience(Duration.ofSeconds(30), Duration.ofSeconds(20), Duration.ofSeconds(10));
}
