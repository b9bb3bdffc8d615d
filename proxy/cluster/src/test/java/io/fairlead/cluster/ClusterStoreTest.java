package io.fairlead.cluster;

import static io.fairlead.cluster.model.ServiceBuilder.service;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class ClusterStoreTest {

    private final ClusterStore store = new ClusterStore();

    @AfterEach
    void close() {
        store.close();
    }

    private record Call(ClusterDelta delta, ClusterSnapshot snapshot) {}

    private BlockingQueue<Call> subscribe() {
        BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
        store.subscribe((delta, snapshot) -> calls.add(new Call(delta, snapshot)));
        return calls;
    }

    private static Call next(BlockingQueue<Call> calls) throws InterruptedException {
        Call call = calls.poll(10, TimeUnit.SECONDS);
        if (call == null) {
            throw new AssertionError("nothing was published within 10 s");
        }
        return call;
    }

    private static ClusterChange upsert(Service service) {
        return new ClusterChange.Upsert(service);
    }

    private static ClusterChange synced() {
        return new ClusterChange.Synced();
    }

    @Test
    void publishesNothingBeforeEverySourceIsInSync() throws InterruptedException {
        ClusterSink first = store.register("first");
        ClusterSink second = store.register("second");
        store.start();
        BlockingQueue<Call> calls = subscribe();
        first.offer(upsert(service("a").build()));
        first.offer(synced());
        first.offer(synced());
        assertNull(calls.poll(50, TimeUnit.MILLISECONDS));
        assertEquals(Set.of("second"), store.waitingFor());
        second.offer(upsert(service("b").build()));
        second.offer(synced());
        Call call = next(calls);
        assertEquals(1, call.snapshot.sequence());
        assertEquals(ClusterDelta.fromEmpty(call.snapshot), call.delta);
        assertEquals(2, call.delta.services().size());
        assertTrue(store.waitingFor().isEmpty());
    }

    @Test
    void anEmptyClusterIsPublishedOnce() throws InterruptedException {
        ClusterSink sink = store.register("source");
        BlockingQueue<Call> calls = subscribe();
        store.start();
        sink.offer(synced());
        assertTrue(next(calls).delta.isEmpty());
        sink.offer(upsert(service("a").build()));
        sink.offer(upsert(service("a").build()));
        assertFalse(next(calls).delta.isEmpty());
        assertNull(calls.poll(50, TimeUnit.MILLISECONDS), "an equal object was published");
    }

    @Test
    void lateJoinerIsToldEverythingThenDifferences() throws InterruptedException {
        ClusterSink sink = store.register("source");
        store.start();
        BlockingQueue<Call> early = subscribe();
        sink.offer(upsert(service("a").build()));
        sink.offer(synced());
        next(early);
        BlockingQueue<Call> late = subscribe();
        Call joined = next(late);
        assertEquals(Set.of(new ObjectName("default", "a")), joined.delta.services());
        sink.offer(upsert(service("b").build()));
        assertEquals(Set.of(new ObjectName("default", "b")), next(late).delta.services());
        assertEquals(Set.of(new ObjectName("default", "b")), next(early).delta.services());
    }

    @Test
    void aBurstBecomesFewSnapshots() throws InterruptedException {
        ClusterSink sink = store.register("source");
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch entered = new CountDownLatch(1);
        List<Call> calls = new ArrayList<>();
        BlockingQueue<Call> done = new LinkedBlockingQueue<>();
        store.subscribe((delta, snapshot) -> {
            entered.countDown();
            await(blocked);
            calls.add(new Call(delta, snapshot));
            if (snapshot.services().size() == 1000) {
                done.add(calls.getLast());
            }
        });
        store.start();
        sink.offer(synced());
        await(entered);
        for (int i = 0; i < 1000; i++) {
            sink.offer(upsert(service("s" + i).build()));
        }
        blocked.countDown();
        next(done);
        assertEquals(2, calls.size());
        assertEquals(1000, calls.get(1).delta.services().size());
    }

    @Test
    void aBusyStoreMakesItsSourcesWait() throws InterruptedException {
        ClusterSink sink = store.register("source");
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        AtomicInteger offered = new AtomicInteger();
        BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
        store.subscribe((delta, snapshot) -> {
            busy.countDown();
            await(blocked);
            calls.add(new Call(delta, snapshot));
        });
        store.start();
        sink.offer(synced());
        await(busy);
        int total = 50_000;
        Thread source = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < total; i++) {
                sink.offer(upsert(service("s" + i).build()));
                offered.incrementAndGet();
            }
        });
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (source.getState() != Thread.State.TIMED_WAITING && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertTrue(offered.get() <= 4096, offered + " changes were taken while the store was busy");
        blocked.countDown();
        source.join();
        Call last = next(calls);
        while (last.snapshot.services().size() < total) {
            last = next(calls);
        }
        assertEquals(total, offered.get());
    }

    @Test
    void aSubscriberThatFailsHarmsNobody() throws InterruptedException {
        ClusterSink sink = store.register("source");
        store.subscribe((_, _) -> {
            throw new IllegalStateException("on purpose");
        });
        BlockingQueue<Call> calls = subscribe();
        store.start();
        sink.offer(synced());
        next(calls);
        sink.offer(upsert(service("a").build()));
        assertEquals(1, next(calls).delta.services().size());
    }

    @Test
    void closingFreesSourcesThatWait() throws InterruptedException {
        ClusterSink sink = store.register("source");
        Thread source = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < 10_000; i++) {
                sink.offer(upsert(service("s" + i).build()));
            }
        });
        store.start();
        store.close();
        assertTrue(source.join(Duration.ofSeconds(5)));
    }

    @Test
    void refusesASourceAfterTheStartOrTwice() {
        store.register("a");
        assertThrows(IllegalStateException.class, () -> store.register("a"));
        store.start();
        assertThrows(IllegalStateException.class, () -> store.register("b"));
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("waited 10 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
