package io.fairlead.cluster.leader;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Candidates with clocks of their own, a Lease, and a network between them that loses, delays and doubles what is sent. No
 * thread, no waiting: events in the order of real time.
 *
 * <p>Confined to the test thread.
 */
final class ElectionSimulation {

    private static final long SECOND = 1_000_000_000L;
    private static final Instant EPOCH = Instant.parse("2026-11-22T00:00:00Z");

    private final SplittableRandom random;
    private final ElectionTiming timing;
    private final List<Replica> replicas = new ArrayList<>();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private long now;
    private long order;
    private boolean calm;
    private int leadersMax;
    private int changes;
    private String lastLeader = "";

    // The Lease.
    private Optional<LeaseRecord> lease = Optional.empty();
    private long version;

    private record Event(long at, long order, Runnable what) {}

    /**
     * One process: it may be paused, and comes back as another one after it stopped. Its clock counts {@code rate}
     * nanoseconds in one of real time.
     */
    private final class Replica {

        private final String name;
        private final double rate;
        private final long clockOffset;
        private final Duration wallOffset;
        private final Candidacy candidacy;
        private long pausedUntil;
        private boolean ended;

        Replica(String name, double rate) {
            this.name = name;
            this.rate = rate;
            this.clockOffset = random.nextLong(-1000 * SECOND, 1000 * SECOND);
            this.wallOffset = Duration.ofSeconds(random.nextLong(-3600, 3600));
            this.candidacy = new Candidacy(name, timing);
        }

        long clock() {
            return clockOffset + (long) (now * rate);
        }

        Instant wall() {
            return EPOCH.plusNanos(now).plus(wallOffset);
        }

        boolean leads() {
            return !ended && candidacy.leads(clock());
        }

        /** By its own clock from now, and not before a pause is over. */
        void later(long nanos, Runnable what) {
            at(now + (long) (nanos / rate), () -> {
                if (!ended && now < pausedUntil) {
                    at(pausedUntil, () -> later(0, what));
                } else if (!ended) {
                    what.run();
                }
            });
        }

        void attempt() {
            if (!calm && random.nextInt(40) == 0) {
                pausedUntil = now + random.nextLong(40 * SECOND);
            }
            later(timing.retry().toNanos() + random.nextLong(timing.retry().toNanos() / 5), this::attempt);
            if (isLost()) {
                return;
            }
            travel(() -> {
                Optional<LeaseRecord> found = lease;
                long at = version;
                if (!isLost()) {
                    travel(() -> later(0, () -> read(found, at)));
                }
            });
        }

        private void read(Optional<LeaseRecord> found, long at) {
            Optional<LeaseRecord> claim = candidacy.claim(found, at == 0 ? "" : Long.toString(at), clock(), wall());
            long sent = clock();
            claim.ifPresent(record -> {
                if (!isLost()) {
                    travel(() -> write(record, at, () -> later(0, () -> candidacy.written(sent))));
                }
                if (!calm && random.nextInt(5) == 0) {
                    travel(() -> write(record, at, () -> {}));
                }
            });
        }

        private void write(LeaseRecord record, long at, Runnable answer) {
            if (version == at) {
                lease = Optional.of(record);
                version++;
                if (!isLost()) {
                    travel(answer);
                }
            }
        }

        /** Ends in order: it acts no more, then gives the Lease back. */
        void stop() {
            boolean led = leads();
            ended = true;
            if (led && lease.isPresent() && lease.get().holder().equals(name)) {
                lease = Optional.of(lease.get().givenBack(wall()));
                version++;
            }
        }
    }

    /** @param rates of the clocks, one for each replica */
    ElectionSimulation(long seed, ElectionTiming timing, List<Double> rates) {
        this.random = new SplittableRandom(seed);
        this.timing = timing;
        rates.forEach(this::start);
    }

    private void start(double rate) {
        Replica replica = new Replica("replica-" + order, rate);
        replicas.add(replica);
        replica.later(random.nextLong(SECOND), replica::attempt);
    }

    private void at(long time, Runnable what) {
        events.add(new Event(Math.max(time, now), order++, what));
    }

    private boolean isLost() {
        return !calm && random.nextInt(5) == 0;
    }

    private void travel(Runnable what) {
        long most = calm ? SECOND / 20 : random.nextInt(10) == 0 ? 12 * SECOND : SECOND;
        at(now + random.nextLong(most), what);
    }

    /** Goes on for so long, well or badly. */
    ElectionSimulation run(Duration time, boolean well) {
        calm = well;
        long end = now + time.toNanos();
        while (!events.isEmpty() && events.peek().at() <= end) {
            Event event = events.remove();
            now = event.at();
            event.what().run();
            look();
        }
        now = end;
        return this;
    }

    private void look() {
        int leaders = 0;
        for (Replica replica : replicas) {
            if (replica.leads()) {
                leaders++;
                changes += replica.name.equals(lastLeader) ? 0 : 1;
                lastLeader = replica.name;
            }
        }
        leadersMax = Math.max(leadersMax, leaders);
    }

    /** Ends whoever leads, and starts another replica with the same clock. */
    void replaceLeader() {
        List<Replica> leading = replicas.stream().filter(Replica::leads).toList();
        leading.forEach(replica -> {
            replica.stop();
            start(replica.rate);
        });
    }

    /** Pauses whoever leads for so long, as a debugger or a machine that swaps does. */
    void pauseLeader(Duration time) {
        replicas.stream().filter(Replica::leads).forEach(replica -> replica.pausedUntil = now + time.toNanos());
    }

    boolean hasLeader() {
        return replicas.stream().anyMatch(Replica::leads);
    }

    /** How many led at one moment. */
    int leadersMax() {
        return leadersMax;
    }

    /** How often another one led than before. */
    int changes() {
        return changes;
    }
}
