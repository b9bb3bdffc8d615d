package io.fairlead.cluster.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Events leave in order, at a bounded rate, and survive a target that is away for a while.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class EventWriterTest {

    private final ScriptedTarget target = new ScriptedTarget();
    private final EventWriter writer = new EventWriter(target, Duration.ofMillis(10));

    /**
     * Refuses as often as it is told.
     *
     * <p>Thread-safe.
     */
    private static final class ScriptedTarget implements EventTarget {
        private final BlockingQueue<String> written = new LinkedBlockingQueue<>();
        private final AtomicInteger refusals = new AtomicInteger();
        private volatile boolean forGood;
        private final AtomicInteger attempts = new AtomicInteger();

        @Override
        public void write(ClusterEvent event) {
            attempts.incrementAndGet();
            if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new WriteRefused(forGood ? WriteRefused.Why.NOT_PERMITTED : WriteRefused.Why.TROUBLE, "no");
            }
            written.add(event.note());
        }
    }

    @AfterEach
    void close() {
        writer.close();
    }

    private static ClusterEvent event(String note) {
        ObjectKey object = new ObjectKey(ClusterKind.SERVICE, new ObjectName("default", "web"));
        return new ClusterEvent(object, ClusterEvent.Type.WARNING, "SetAside", "Sync", note, "");
    }

    private void offer(String note) {
        writer.offer(event(note));
    }

    private String next() throws InterruptedException {
        return String.valueOf(target.written.poll(20, TimeUnit.SECONDS));
    }

    @Test
    void triesAgainUntilItIsTaken() throws InterruptedException {
        target.refusals.set(3);
        writer.start();
        offer("first");
        offer("second");
        assertEquals("first", next());
        assertEquals("second", next());
        assertEquals(5, target.attempts.get());
    }

    @Test
    void whatIsForbiddenIsNotTriedAgain() throws InterruptedException {
        target.refusals.set(1);
        target.forGood = true;
        writer.start();
        offer("first");
        offer("second");
        assertEquals("second", next());
        assertEquals(2, target.attempts.get());
    }

    @Test
    void afterABurstThereIsOneInEachPause() throws InterruptedException {
        for (int i = 0; i < 45; i++) {
            offer("event " + i);
        }
        long start = System.nanoTime();
        writer.start();
        for (int i = 0; i < 45; i++) {
            assertEquals("event " + i, next());
        }
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertTrue(millis >= 190, () -> "20 pauses of 10 ms took only " + millis + " ms");
    }

    @Test
    void whatIsTooMuchIsLeftOut() throws InterruptedException {
        try (EventWriter fast = new EventWriter(target, Duration.ZERO)) {
            for (int i = 0; i < 1005; i++) {
                fast.offer(event("event " + i));
            }
            fast.start();
            for (int i = 0; i < 1000; i++) {
                assertEquals("event " + i, next());
            }
            fast.offer(event("later"));
            assertEquals("later", next());
        }
    }

    @Test
    void endsWhileTheTargetIsAway() throws InterruptedException {
        target.refusals.set(Integer.MAX_VALUE);
        writer.start();
        offer("first");
        while (target.attempts.get() == 0) {
            Thread.onSpinWait();
        }
        writer.close();
        assertTrue(target.written.isEmpty());
    }
}
