package io.fairlead.ingress.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.write.StatusTarget;
import io.fairlead.cluster.write.WriteRefused;
import io.fairlead.ingress.account.IngressMetric;
import io.fairlead.ingress.resource.Ingress;
import io.fairlead.runtime.metrics.Metrics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is written, when, and how much at once. */
@Timeout(60)
final class StatusWriterTest {

    private static final List<String> HERE = List.of("192.0.2.1");

    private final FakeTarget target = new FakeTarget();
    private final Metrics metrics = new Metrics();
    private volatile boolean leads = true;
    private final StatusWriter writer = new StatusWriter(target, () -> leads, metrics);

    @AfterEach
    void end() {
        target.open();
        writer.lost();
    }

    /** Keeps what is written; can be made slow, and to refuse. Thread-safe. */
    private static final class FakeTarget implements StatusTarget {

        private final Map<String, Object> statuses = new TreeMap<>();
        private final List<String> writes = new CopyOnWriteArrayList<>();
        private final AtomicInteger now = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private boolean shut;
        private Optional<WriteRefused.Why> refusal = Optional.empty();

        @Override
        public void replace(ObjectKey object, Map<String, Object> status) throws InterruptedException {
            write(object.name().name(), Optional.of(status));
        }

        @Override
        public void remove(ObjectKey object, List<String> path, Object expected) throws InterruptedException {
            write(object.name().name(), Optional.empty());
        }

        private void write(String name, Optional<Object> status) throws InterruptedException {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
                synchronized (this) {
                    while (shut) {
                        wait();
                    }
                    writes.add(name);
                    if (refusal.isPresent()) {
                        throw new WriteRefused(refusal.get(), "refused on purpose");
                    }
                    status.ifPresentOrElse(each -> statuses.put(name, each), () -> statuses.remove(name));
                }
            } finally {
                now.decrementAndGet();
            }
        }

        synchronized void shut() {
            shut = true;
        }

        synchronized void open() {
            shut = false;
            refusal = Optional.empty();
            notifyAll();
        }

        synchronized void refuse(WriteRefused.Why why) {
            refusal = Optional.of(why);
        }

        synchronized Set<String> names() {
            return Set.copyOf(statuses.keySet());
        }

        synchronized Object at(String name) {
            return String.valueOf(statuses.get(name));
        }
    }

    private static ObjectName name(int number) {
        return new ObjectName("shop", "web-" + number);
    }

    private static Map<ObjectName, Ingress> ingresses(int count) {
        Map<ObjectName, Ingress> all = new HashMap<>();
        for (int i = 0; i < count; i++) {
            all.put(name(i), StatusPlanTest.ingress(name(i), List.of()));
        }
        return all;
    }

    private void update(int count, List<String> addresses) {
        Map<ObjectName, Ingress> all = ingresses(count);
        writer.update(new StatusView(all, all.keySet(), addresses), all.keySet());
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, what);
            LockSupport.parkNanos(2_000_000);
        }
    }

    private long count(String result) {
        return metrics.counter(IngressMetric.STATUS_WRITES, result).value();
    }

    @Test
    void newLeaderWritesWhatDiffersAndNobodyElseDoes() {
        update(20, HERE);
        assertEquals(List.of(), target.writes);
        writer.gained();
        await("all are written", () -> count("written") == 20);
        assertEquals("{loadBalancer={ingress=[{ip=192.0.2.1}]}}", target.at("web-7"));
        writer.lost();
        update(20, List.of("192.0.2.2"));
        leads = false;
        writer.gained();
        writer.lost();
        assertEquals(20, target.writes.size(), "a leader whose time is over writes nothing");
    }

    @Test
    void changesWhileAWriteIsUnderWayAreOneMore() {
        target.shut();
        writer.gained();
        update(1, HERE);
        await("one is under way", () -> target.now.get() == 1);
        for (int i = 2; i < 50; i++) {
            update(1, List.of("192.0.2." + i));
        }
        assertEquals(1, target.now.get(), "never two of one Ingress");
        target.open();
        await("the last state is written", () -> count("written") == 2);
        assertEquals("{loadBalancer={ingress=[{ip=192.0.2.49}]}}", target.at("web-0"));
        assertEquals(2, target.writes.size());
    }

    @Test
    void fewAreWrittenAtOnce() {
        target.shut();
        writer.gained();
        update(500, HERE);
        await("eight are under way", () -> target.now.get() == 8);
        target.open();
        await("all are written", () -> count("written") == 500);
        assertEquals(8, target.most.get());
    }

    @Test
    void whatTheApiRefusesIsTriedAgainAfterAPause() {
        target.refuse(WriteRefused.Why.NOT_PERMITTED);
        writer.gained();
        update(100, HERE);
        // The first refusal makes all wait, those too that did not begin.
        await("some were refused", () -> count("refused") >= 1);
        long soon = count("refused");
        assertTrue(soon <= 24, soon + " requests in a moment");
        target.open();
        await("all are written in the end", () -> count("written") == 100);
    }

    @Test
    void whatIsNotValidWaitsForAnotherState() {
        target.refuse(WriteRefused.Why.INVALID);
        writer.gained();
        update(1, HERE);
        await("it was refused", () -> count("refused") == 1);
        target.open();
        update(1, HERE);
        await("the next state is written", () -> count("written") == 1);
        assertEquals(2, target.writes.size());
    }

    @Test
    void lastReplicaTakesBackWhatIsPublished() {
        writer.gained();
        update(30, HERE);
        await("all are written", () -> count("written") == 30);
        writer.withdraw(Duration.ofSeconds(20));
        assertEquals(Set.of(), target.names());
        assertEquals(30, count("withdrawn"));
        update(30, HERE);
        writer.withdraw(Duration.ofSeconds(20));
        assertEquals(Set.of(), target.names(), "nothing is published again, whatever the cluster says then");
        assertEquals(30, count("written"));
    }

    @Test
    void takingBackEndsInTimeWhenTheApiIsAway() {
        writer.gained();
        update(1, HERE);
        await("it is written", () -> count("written") == 1);
        target.shut();
        long start = System.nanoTime();
        writer.withdraw(Duration.ofMillis(200));
        assertTrue(System.nanoTime() - start >= 200_000_000L);
        assertEquals(Set.of("web-0"), target.names());
    }
}
