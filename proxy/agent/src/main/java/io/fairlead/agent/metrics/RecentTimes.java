package io.fairlead.agent.metrics;

import io.fairlead.agent.view.StatusView.Times;
import java.time.Duration;
import java.util.Arrays;

/**
 * The times of the last few changes.
 *
 * <p>Thread-safe.
 */
public final class RecentTimes {

    private static final int KEPT = 64;

    // Guarded by this.
    private final long[] nanos = new long[KEPT];
    private long count;

    public synchronized void add(long time) {
        nanos[(int) (count++ % KEPT)] = time;
    }

    public synchronized Times times() {
        int kept = (int) Math.min(count, KEPT);
        if (kept == 0) {
            return Times.NONE;
        }
        long[] sorted = Arrays.copyOf(nanos, kept);
        Arrays.sort(sorted);
        return new Times(
                kept,
                Duration.ofNanos(nanos[(int) ((count - 1) % KEPT)]),
                Duration.ofNanos(sorted[(kept - 1) / 2]),
                Duration.ofNanos(sorted[kept - 1]));
    }
}
