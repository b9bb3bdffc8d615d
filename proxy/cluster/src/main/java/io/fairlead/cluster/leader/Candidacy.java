package io.fairlead.cluster.leader;

import io.fairlead.cluster.write.VersionedObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What one candidate knows, and when it leads.
 *
 * <h2>Why there is one leader at most</h2>
 *
 * The Lease has versions, so of two that want it one gets it. Whoever has it leads until {@code renewWithin} after it
 * <em>sent</em> its last renewal that was taken. Another one takes it {@code lease} after it <em>saw</em> the last
 * renewal, which was later. Both lengths are measured by their own monotonic clocks; what the clocks show does not matter,
 * only how fast they go: with 10 and 15 seconds, one may go half as fast again as the other. A process that was paused
 * asks its clock before it acts, and finds that its time is over. What it had sent before may still arrive: whoever writes
 * as the leader writes what does no harm when it comes late, or by versions.
 *
 * <p>Confined to one thread at a time; time is passed in.
 */
final class Candidacy {

    private static final Duration LEASE_MAX = Duration.ofMinutes(10);

    private final String identity;
    private final ElectionTiming timing;

    private String seenVersion = VersionedObject.NONE;
    private long seenNanos;
    private boolean holding;
    private long untilNanos;

    Candidacy(String identity, ElectionTiming timing) {
        this.identity = identity;
        this.timing = timing;
    }

    /**
     * What to write, at the version that was found; nothing while the Lease is another's.
     *
     * @param nowNanos monotonic time after the answer came
     */
    Optional<LeaseRecord> claim(Optional<LeaseRecord> found, String version, long nowNanos, Instant now) {
        if (!version.equals(seenVersion)) {
            seenVersion = version;
            seenNanos = nowNanos;
        }
        if (found.isEmpty()) {
            return Optional.of(new LeaseRecord(identity, timing.lease(), now, now, 0));
        }
        LeaseRecord lease = found.get();
        if (lease.holder().equals(identity)) {
            return Optional.of(lease.renewed(now));
        }
        holding = false;
        boolean free = lease.holder().isEmpty()
                || nowNanos - seenNanos >= patience(lease).toNanos();
        return free ? Optional.of(lease.taken(identity, timing.lease(), now)) : Optional.empty();
    }

    /** A holder may have been started with another duration. */
    private Duration patience(LeaseRecord lease) {
        Duration longer = lease.duration().compareTo(timing.lease()) > 0 ? lease.duration() : timing.lease();
        return longer.compareTo(LEASE_MAX) > 0 ? LEASE_MAX : longer;
    }

    /** What {@link #claim} said was written, and the request left at this monotonic time or later. */
    void written(long sentNanos) {
        holding = true;
        untilNanos = sentNanos + timing.renewWithin().toNanos();
    }

    boolean leads(long nowNanos) {
        return leadsFor(nowNanos) > 0;
    }

    /** How many nanoseconds longer, unless it is renewed. */
    long leadsFor(long nowNanos) {
        return holding ? Math.max(0, untilNanos - nowNanos) : 0;
    }
}
