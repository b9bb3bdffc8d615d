package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.SyncSchedule.Due;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The three promises, with time passed in as milliseconds: minimum 10, maximum 5,000, retry 1,000.
 *
 * <p>Confined to the test thread.
 */
class SyncScheduleTest {

    private static final long MILLI = 1_000_000;
    private static final long MIN = 10;
    private static final long MAX = 5_000;
    private static final long RETRY = 1_000;

    private final SyncSchedule schedule =
            new SyncSchedule(Duration.ofMillis(MIN), Duration.ofMillis(MAX), Duration.ofMillis(RETRY));

    private long origin;

    private String due(long millis) {
        long now = origin + millis * MILLI;
        long wait = schedule.waitNanos(now);
        Due due = schedule.due(now);
        assertEquals(due != Due.NOTHING, wait == 0, "what is due is not waited for, at " + millis + " ms");
        return due == Due.NOTHING ? wait == Long.MAX_VALUE ? "never" : "in " + wait / MILLI : due.name();
    }

    private void run(Due what, long millis, boolean success) {
        schedule.begin(what, origin + millis * MILLI);
        schedule.end(success);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 1_000 * MILLI, Long.MIN_VALUE, -5})
    void timeMayHaveAnyOrigin(long start) {
        origin = start;
        assertEquals("never", due(0));
        schedule.change();
        assertEquals("CHANGES", due(0));
        run(Due.CHANGES, 0, true);
        assertEquals("in 5000", due(0));
        assertEquals("in 1", due(4_999));
        assertEquals("EVERYTHING", due(5_000));
    }

    @Test
    void changeRunsAtOnceOrWhenTheMinimumIsOver() {
        schedule.change();
        run(Due.CHANGES, 0, true);
        schedule.change();
        assertEquals("in 10", due(0));
        assertEquals("in 1", due(9));
        assertEquals("CHANGES", due(10));
        run(Due.CHANGES, 10, true);
        assertEquals("in 4900", due(100));
        schedule.change();
        assertEquals("CHANGES", due(100));
    }

    @Test
    void burstCostsOneRun() {
        schedule.change();
        schedule.change();
        run(Due.CHANGES, 0, true);
        for (int i = 0; i < 5; i++) {
            schedule.change();
        }
        run(Due.CHANGES, 10, true);
        assertEquals("in 4980", due(20));
    }

    @Test
    void changeDuringARunBelongsToTheNext() {
        schedule.change();
        schedule.begin(Due.CHANGES, 0);
        schedule.change();
        schedule.end(true);
        assertEquals("CHANGES", due(10));
    }

    @Test
    void everythingIsComparedAtLeastAfterTheMaximum() {
        schedule.change();
        run(Due.CHANGES, 0, true);
        for (long at = 100; at < 5_000; at += 100) {
            schedule.change();
            assertEquals("CHANGES", due(at));
            run(Due.CHANGES, at, true);
        }
        assertEquals("EVERYTHING", due(5_000));
        run(Due.EVERYTHING, 5_000, true);
        assertEquals("in 5000", due(5_000));
    }

    @Test
    void failureIsRetriedWithEverything() {
        schedule.change();
        run(Due.CHANGES, 0, false);
        assertEquals("in 1000", due(0));
        assertEquals("EVERYTHING", due(1_000));
        run(Due.EVERYTHING, 1_000, true);
        assertEquals("in 5000", due(1_000));
    }

    @Test
    void retriesThatFailTooComeLessOften() {
        schedule.change();
        run(Due.CHANGES, 0, false);
        run(Due.EVERYTHING, 1_000, false);
        assertEquals("in 2000", due(1_000));
        assertEquals("EVERYTHING", due(3_000));
        run(Due.EVERYTHING, 3_000, false);
        assertEquals("in 4000", due(3_000));
        schedule.change();
        assertEquals("CHANGES", due(3_010), "changes do not wait");
        run(Due.CHANGES, 3_010, true);
        run(Due.EVERYTHING, 7_000, false);
        assertEquals("in 5000", due(7_000), "the maximum holds");
        run(Due.EVERYTHING, 12_000, true);
        schedule.change();
        run(Due.CHANGES, 12_010, false);
        assertEquals("in 1000", due(12_010));
    }

    @Test
    void changesDoNotPutTheRetryOff() {
        schedule.change();
        run(Due.CHANGES, 0, false);
        for (long at = 100; at < 1_000; at += 100) {
            schedule.change();
            assertEquals("CHANGES", due(at));
            run(Due.CHANGES, at, at % 200 == 0);
        }
        assertEquals("EVERYTHING", due(1_000), "an answer may have been lost, whatever succeeded since");
    }

    @Test
    void doubtComparesEverythingOnceForABurst() {
        schedule.doubt();
        assertEquals("never", due(0), "the first run compares everything anyway");
        schedule.change();
        run(Due.CHANGES, 0, true);
        assertEquals("in 4900", due(100));
        schedule.doubt();
        schedule.doubt();
        assertEquals("EVERYTHING", due(100));
        run(Due.EVERYTHING, 100, true);
        schedule.doubt();
        assertEquals("in 10", due(100));
        assertEquals("EVERYTHING", due(110));
    }

    @Test
    void waitEndsWhenSomethingIsDue() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            SyncSchedule walk =
                    new SyncSchedule(Duration.ofMillis(MIN), Duration.ofMillis(MAX), Duration.ofMillis(RETRY));
            walk.change();
            long now = 0;
            for (int i = 0; i < 200; i++) {
                long wait = walk.waitNanos(now);
                assertTrue(wait <= MAX * MILLI, "seed " + seed + ": waits " + wait);
                if (wait > 0 && random.nextBoolean()) {
                    now += random.nextLong(wait);
                    walk.change();
                    continue;
                }
                now += wait;
                Due due = walk.due(now);
                assertTrue(due != Due.NOTHING, "seed " + seed + ": woken for nothing at " + now);
                walk.begin(due, now);
                walk.end(random.nextInt(3) > 0);
            }
        }
    }
}
