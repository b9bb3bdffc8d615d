package io.fairlead.cluster.source;

import java.time.Duration;

/**
 * How patient the Kubernetes source is.
 *
 * <p>Immutable.
 *
 * @param backoffMin wait after a first failure
 * @param backoffMax longest wait
 * @param watchMax how long a watch may last before it is opened anew, at most; at least half of it
 * @param listSilenceMax how long the server may send nothing in the middle of an answer
 * @param watchSilenceMax how long a watch may say nothing: bookmarks come about every minute, so a connection without them
 *     is dead, as after a router or the server's machine lost it
 * @param absentRetry wait before asking again for a resource that the cluster does not have
 */
record KubernetesTiming(
        Duration backoffMin,
        Duration backoffMax,
        Duration watchMax,
        Duration listSilenceMax,
        Duration watchSilenceMax,
        Duration absentRetry) {

    /** A third of the patience of Kubernetes' own clients after a long outage: endpoints are old for so much less. */
    static final KubernetesTiming STANDARD = new KubernetesTiming(
            Duration.ofMillis(200),
            Duration.ofSeconds(10),
            Duration.ofMinutes(8),
            Duration.ofSeconds(30),
            Duration.ofSeconds(100),
            Duration.ofMinutes(5));
}
