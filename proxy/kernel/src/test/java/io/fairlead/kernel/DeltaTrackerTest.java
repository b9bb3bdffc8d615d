package io.fairlead.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.fairlead.kernel.DeltaTracker.Pending;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Desired against observed, in small cases and against a model of two ordinary maps.
 *
 * <p>Confined to the test thread.
 */
class DeltaTrackerTest {

    private static final int OPERATIONS = 2_000;

    private final DeltaTracker tracker = new DeltaTracker(Integer.BYTES, Integer.BYTES);

    private static byte[] bytes(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    private static int number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getInt();
    }

    private void desire(int key, int value) {
        tracker.desire(bytes(key), bytes(value));
    }

    private void observe(int key, int value) {
        tracker.observe(bytes(key), bytes(value));
    }

    /** What is pending, as {@code key: ADD value}; every entry of the queue must be there once. */
    private Map<Integer, String> pending() {
        Map<Integer, String> pending = new TreeMap<>();
        byte[] key = new byte[Integer.BYTES];
        byte[] value = new byte[Integer.BYTES];
        for (int place = 0; place < tracker.queued(); place++) {
            int slot = tracker.queuedSlot(place);
            Pending kind = tracker.pending(slot);
            if (kind != Pending.NONE) {
                tracker.read(slot, key, value);
                String text = kind == Pending.DELETE ? "DELETE" : kind + " " + number(value);
                String twice = pending.put(number(key), text);
                assertEquals(null, twice, "key " + number(key) + " is queued twice");
            }
        }
        return pending;
    }

    private void applyAll() {
        for (int place = 0; place < tracker.queued(); place++) {
            tracker.applied(tracker.queuedSlot(place));
        }
        tracker.compactQueue();
    }

    @Test
    void wantsWhatIsMissingAndRemovesWhatIsNotWanted() {
        observe(1, 10);
        observe(2, 20);
        observe(3, 30);
        desire(2, 20);
        desire(3, 31);
        desire(4, 40);
        assertEquals(Map.of(1, "DELETE", 3, "REPLACE 31", 4, "ADD 40"), pending());
        assertEquals(3, tracker.desiredCount());
        applyAll();
        assertEquals(Map.of(), pending());
        assertEquals(0, tracker.queued());
        assertFalse(tracker.isObserved(bytes(1)));
        assertTrue(tracker.isObserved(bytes(4)));
    }

    @Test
    void changeThatIsTakenBackBeforeItIsAppliedIsNone() {
        desire(1, 10);
        applyAll();
        tracker.undesire(bytes(1));
        assertEquals(Map.of(1, "DELETE"), pending());
        desire(1, 10);
        desire(2, 20);
        tracker.undesire(bytes(2));
        assertEquals(Map.of(), pending());
        tracker.compactQueue();
        assertEquals(0, tracker.queued());
        assertFalse(tracker.lookup(bytes(2), new byte[Integer.BYTES]));
    }

    @Test
    void valueThatReturnsIsReplacedBecauseTheKernelsIsForgotten() {
        desire(1, 10);
        applyAll();
        desire(1, 11);
        desire(1, 10);
        assertEquals(Map.of(1, "REPLACE 10"), pending());
        tracker.undesire(bytes(1));
        assertEquals(Map.of(1, "DELETE"), pending());
        desire(1, 10);
        assertEquals(Map.of(1, "REPLACE 10"), pending());
    }

    @Test
    void observationAfterDesireIsCompared() {
        desire(1, 10);
        desire(2, 20);
        observe(1, 10);
        observe(2, 21);
        assertEquals(Map.of(2, "REPLACE 20"), pending());
        observe(2, 20);
        assertEquals(Map.of(), pending());
    }

    @Test
    void unappliedChangeStaysQueuedInItsOrder() {
        for (int key = 0; key < 10; key++) {
            desire(key, key);
        }
        for (int place = 0; place < tracker.queued(); place += 2) {
            tracker.applied(tracker.queuedSlot(place));
        }
        tracker.compactQueue();
        byte[] key = new byte[Integer.BYTES];
        List<Integer> order = new ArrayList<>();
        for (int place = 0; place < tracker.queued(); place++) {
            tracker.read(tracker.queuedSlot(place), key, new byte[Integer.BYTES]);
            order.add(number(key));
        }
        assertEquals(List.of(1, 3, 5, 7, 9), order);
    }

    @Test
    void lookupGivesTheLastKnownValueUntilTheEntryIsGone() {
        byte[] value = new byte[Integer.BYTES];
        observe(1, 10);
        assertTrue(tracker.lookup(bytes(1), value));
        assertEquals(10, number(value));
        desire(1, 11);
        tracker.undesire(bytes(1));
        assertTrue(tracker.lookup(bytes(1), value), "it is still in the kernel");
        applyAll();
        assertFalse(tracker.lookup(bytes(1), value));
    }

    @Test
    void growsWhileTheQueueIsNotEmpty() {
        for (int key = 0; key < 5_000; key++) {
            desire(key, -key);
        }
        assertEquals(5_000, tracker.queued());
        byte[] key = new byte[Integer.BYTES];
        byte[] value = new byte[Integer.BYTES];
        for (int place = 0; place < tracker.queued(); place++) {
            tracker.read(tracker.queuedSlot(place), key, value);
            assertEquals(place, number(key));
            assertEquals(-place, number(value));
        }
    }

    @Test
    void entriesThatComeAndGoTakeNoRoom() {
        desire(-1, 1);
        applyAll();
        for (int key = 0; key < 100_000; key++) {
            desire(key, key);
            applyAll();
            tracker.undesire(bytes(key));
            applyAll();
        }
        List<Integer> desired = new ArrayList<>();
        tracker.forEachDesired((key, _) -> desired.add(number(key)));
        assertEquals(List.of(-1), desired);
        assertTrue(tracker.lookup(bytes(-1), new byte[Integer.BYTES]));
    }

    @Test
    void plainSetHasNoValues() {
        DeltaTracker set = new DeltaTracker(1, 0);
        byte[] none = {};
        set.observe(new byte[] {1}, none);
        set.observe(new byte[] {2}, none);
        set.desire(new byte[] {2}, none);
        set.desire(new byte[] {3}, none);
        assertEquals(
                List.of(Pending.DELETE, Pending.NONE, Pending.ADD),
                List.of(
                        set.pending(set.queuedSlot(0)),
                        set.pending(set.queuedSlot(1)),
                        set.pending(set.queuedSlot(2))));
    }

    /** What a {@link DeltaTracker} is, without its economy. */
    private static final class Model {
        final Map<Integer, Integer> desired = new HashMap<>();
        final Map<Integer, Integer> observed = new HashMap<>();

        Map<Integer, String> pending() {
            Map<Integer, String> pending = new TreeMap<>();
            observed.keySet().forEach(key -> pending.put(key, "DELETE"));
            desired.forEach((key, value) -> {
                if (!observed.containsKey(key)) {
                    pending.put(key, "ADD " + value);
                } else if (observed.get(key).equals(value)) {
                    pending.remove(key);
                } else {
                    pending.put(key, "REPLACE " + value);
                }
            });
            return pending;
        }
    }

    @Test
    void agreesWithTwoMaps() {
        for (long seed = 1; seed <= 40; seed++) {
            new Walk(seed).run();
        }
    }

    /** A random walk of one tracker and its model; few keys make every combination likely. */
    private static final class Walk {
        private final Random random;
        private final String name;
        private final int keys;
        private final DeltaTrackerTest test = new DeltaTrackerTest();
        private final Model model = new Model();

        Walk(long seed) {
            this.random = new Random(seed);
            this.name = "seed " + seed;
            this.keys = seed % 3 == 0 ? 2_000 : 40;
        }

        void run() {
            for (int i = 0; i < OPERATIONS; i++) {
                int key = random.nextInt(keys);
                int value = random.nextInt(3);
                switch (random.nextInt(10)) {
                    case 0, 1, 2, 3 -> {
                        test.desire(key, value);
                        model.desired.put(key, value);
                    }
                    case 4, 5, 6 -> {
                        test.tracker.undesire(bytes(key));
                        model.desired.remove(key);
                    }
                    case 7, 8 -> {
                        test.observe(key, value);
                        model.observed.put(key, value);
                    }
                    default -> applySome();
                }
                if (i % 97 == 0) {
                    compare(name + ", operation " + i);
                }
            }
            compare(name + ", at the end");
            test.applyAll();
            model.observed.clear();
            model.observed.putAll(model.desired);
            compare(name + ", all applied");
            assertEquals(0, test.tracker.queued(), name);
        }

        /** The kernel takes some of what is pending, in any order, and now and then the round ends. */
        private void applySome() {
            List<Integer> places = new ArrayList<>();
            for (int place = 0; place < test.tracker.queued(); place++) {
                places.add(place);
            }
            Collections.shuffle(places, random);
            byte[] key = new byte[Integer.BYTES];
            byte[] value = new byte[Integer.BYTES];
            for (int place : places.subList(0, places.size() / 2)) {
                int slot = test.tracker.queuedSlot(place);
                Pending kind = test.tracker.pending(slot);
                test.tracker.read(slot, key, value);
                switch (kind) {
                    case ADD, REPLACE -> model.observed.put(number(key), number(value));
                    case DELETE -> model.observed.remove(number(key));
                    case NONE -> {}
                }
                test.tracker.applied(slot);
            }
            if (random.nextBoolean()) {
                test.tracker.compactQueue();
            }
        }

        private void compare(String when) {
            Map<Integer, Integer> desired = new HashMap<>();
            test.tracker.forEachDesired((key, value) -> desired.put(number(key), number(value)));
            assertEquals(model.desired, desired, when);
            assertEquals(model.desired.size(), test.tracker.desiredCount(), when);
            Map<Integer, String> wanted = model.pending();
            Map<Integer, String> pending = test.pending();
            // A value that was changed and changed back is replaced once for nothing: see DeltaTracker#desire.
            pending.forEach((key, text) -> {
                boolean same =
                        model.desired.containsKey(key) && model.desired.get(key).equals(model.observed.get(key));
                if (same && text.startsWith("REPLACE")) {
                    wanted.put(key, text);
                }
            });
            assertEquals(wanted, pending, when);
            for (int key = 0; key < keys; key++) {
                assertEquals(
                        model.observed.containsKey(key), test.tracker.isObserved(bytes(key)), when + ", key " + key);
            }
        }
    }

    @Test
    void knownKeysCostNoAllocation() {
        int keys = 1_000;
        for (int key = 0; key < keys; key++) {
            desire(key, key);
        }
        applyAll();
        byte[] key = new byte[Integer.BYTES];
        byte[] value = new byte[Integer.BYTES];
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20 && least > 0; round++) {
            long before = thread.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < keys; i++) {
                key[3] = (byte) i;
                key[2] = (byte) (i >>> 8);
                assertTrue(tracker.lookup(key, value));
                value[0]++;
                tracker.desire(key, value);
                tracker.undesire(key);
                tracker.desire(key, value);
            }
            for (int place = 0; place < tracker.queued(); place++) {
                tracker.applied(tracker.queuedSlot(place));
            }
            tracker.compactQueue();
            least = Math.min(least, thread.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least, "bytes per " + keys + " changes of known keys");
    }
}
