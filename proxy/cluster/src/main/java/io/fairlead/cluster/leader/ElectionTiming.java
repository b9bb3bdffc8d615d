package io.fairlead.cluster.leader;

import java.time.Duration;

/**
 * How long things take in an election.
 *
 * <p>Immutable.
 *
 * @param lease how long after the last renewal that it saw a candidate takes the Lease; whole seconds
 * @param renewWithin how long after its last renewal a leader leads at most; shorter than that
 * @param retry from one attempt to the next; the others are longer by up to a fifth of it, by chance
 */
public record ElectionTiming(Duration lease, Duration renewWithin, Duration retry) {

    /** Those of client-go (tools/leaderelection) and of Kubernetes' own controllers. */
    public static final ElectionTiming STANDARD =
            new ElectionTiming(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));

    public ElectionTiming {
        if (renewWithin.compareTo(lease) >= 0
                || retry.compareTo(renewWithin) >= 0
                || !lease.equals(Duration.ofSeconds(lease.toSeconds()))) {
            throw new IllegalArgumentException("lease " + lease + ", renewed within " + renewWithin + ", tried each "
                    + retry + ": each must be shorter than the one before, the first in whole seconds");
        }
    }
}
