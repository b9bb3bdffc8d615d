package io.fairlead.cluster.leader;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.write.VersionedObject;
import io.fairlead.cluster.write.WriteRefused;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Takes part in the election of a leader until it is closed. One thread asks for the Lease, and may have to wait for an
 * answer; another one tells who is interested, in time also then.
 *
 * <p>Thread-safe.
 */
public final class LeaderElection implements AutoCloseable {

    /** The kind of the object that is fought for. */
    public static final ClusterKind KIND = LeaseRecord.KIND;

    private static final Logger LOG = System.getLogger(LeaderElection.class.getName());

    /** What attempts are longer apart than they should be, at most, so that candidates do not come all at once. */
    private static final double JITTER = 0.2;

    private final VersionedObject lease;
    private final String identity;
    private final ElectionTiming timing;
    private final Leadership leadership;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Thread candidate = Thread.ofVirtual().name("leader election").unstarted(this::run);
    private final Thread voice = Thread.ofVirtual().name("leadership").unstarted(this::tell);

    // Guarded by this.
    private final Candidacy candidacy;
    private boolean closed;

    // Written by the candidate's thread.
    private boolean troubleTold;
    private volatile boolean heard;
    private volatile long heardNanos;

    /**
     * @param lease of kind {@link #KIND}
     * @param identity that no other process ever has, also none that comes after this one
     */
    public LeaderElection(
            VersionedObject lease,
            String identity,
            ElectionTiming timing,
            Leadership leadership,
            InstantSource clock,
            RandomGenerator random) {
        this.lease = lease;
        this.identity = identity;
        this.timing = timing;
        this.leadership = leadership;
        this.clock = clock;
        this.random = random;
        this.candidacy = new Candidacy(identity, timing);
    }

    /** One that no other process has: the name of the Pod, or machine, and digits. */
    public static String identity(RandomGenerator random) {
        String host = System.getenv().getOrDefault("HOSTNAME", "fairlead");
        return "%s_%016x".formatted(host, random.nextLong());
    }

    public void start() {
        candidate.start();
        voice.start();
    }

    /** Whether this process leads, at this moment: to be asked before each act. */
    public synchronized boolean leads() {
        return !closed && candidacy.leads(System.nanoTime());
    }

    /** Whether the Lease could be asked for within the time for which it holds. */
    public boolean isInTouch() {
        return heard && System.nanoTime() - heardNanos < timing.lease().toNanos();
    }

    private void run() {
        try {
            while (!isClosed()) {
                attempt();
                long nanos = timing.retry().toNanos();
                TimeUnit.NANOSECONDS.sleep(nanos + (long) (nanos * JITTER * random.nextDouble()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void attempt() throws InterruptedException {
        try {
            Optional<VersionedObject.Found> found = lease.read();
            Optional<LeaseRecord> present = found.map(each -> LeaseRecord.of(each.object()));
            String version = found.map(VersionedObject.Found::version).orElse(VersionedObject.NONE);
            Instant now = clock.instant();
            Optional<LeaseRecord> claim;
            synchronized (this) {
                claim = candidacy.claim(present, version, System.nanoTime(), now);
                notifyAll();
            }
            long sentNanos = System.nanoTime();
            if (claim.isPresent() && lease.write(claim.get().toFields(), version)) {
                synchronized (this) {
                    candidacy.written(sentNanos);
                    notifyAll();
                }
            }
            heardNanos = System.nanoTime();
            heard = true;
            troubleTold = false;
        } catch (WriteRefused | InvalidInput e) {
            LOG.log(
                    troubleTold || isClosed() ? Level.DEBUG : Level.WARNING,
                    "no leader can be elected from here: {0}",
                    e.getMessage());
            troubleTold = true;
        }
    }

    /** Tells of each change until the end, and then of the last one. */
    private void tell() {
        boolean told = false;
        try {
            while (true) {
                boolean leads = awaitOther(told);
                if (leads == told) {
                    return;
                }
                LOG.log(Level.INFO, leads ? "{0} leads" : "{0} does not lead any more", identity);
                if (leads) {
                    leadership.gained();
                } else {
                    leadership.lost();
                }
                told = leads;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until it is otherwise than was told, or closed; says what it is. */
    private synchronized boolean awaitOther(boolean told) throws InterruptedException {
        while (!closed && leads() == told) {
            if (told) {
                long nanos = candidacy.leadsFor(System.nanoTime());
                wait(Math.max(1, Duration.ofNanos(nanos).toMillis()));
            } else {
                wait();
            }
        }
        return leads();
    }

    /** Ends: what began with the leadership ends, and then the Lease is given back, so that the next one need not wait. */
    @Override
    public void close() {
        boolean led;
        synchronized (this) {
            led = leads();
            closed = true;
            notifyAll();
        }
        candidate.interrupt();
        try {
            voice.join();
            candidate.join();
            if (led) {
                giveBack();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void giveBack() throws InterruptedException {
        try {
            Optional<VersionedObject.Found> found = lease.read();
            if (found.isPresent()) {
                LeaseRecord present = LeaseRecord.of(found.get().object());
                if (present.holder().equals(identity)) {
                    lease.write(
                            present.givenBack(clock.instant()).toFields(),
                            found.get().version());
                }
            }
        } catch (WriteRefused | InvalidInput e) {
            LOG.log(Level.DEBUG, "the Lease was not given back: {0}", e.getMessage());
        }
    }
}
