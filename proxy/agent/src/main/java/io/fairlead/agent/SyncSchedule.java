package io.fairlead.agent;

import java.time.Duration;

/**
 * When the proxy loop runs. Three promises:
 *
 * <ol>
 *   <li>A change starts a run at once if the last one began at least {@code min} ago, else as soon as it did: a burst
 *       costs one run.
 *   <li>A run that compares everything with the kernel starts at least every {@code max}.
 *   <li>A failed run is tried again after {@code retry}, comparing everything, whether or not anything changes.
 * </ol>
 *
 * <p>Time is passed in, in nanoseconds of any origin. Confined to one thread at a time.
 */
final class SyncSchedule {

    /** What to do now. */
    enum Due {
        NOTHING,
        /** Apply what changed. */
        CHANGES,
        /** Compare everything with the kernel. */
        EVERYTHING
    }

    private final long minNanos;
    private final long maxNanos;
    private final long retryNanos;

    private boolean started;
    private boolean changed;
    private boolean failed;
    private long lastStart;
    private long lastEverything;

    SyncSchedule(Duration min, Duration max, Duration retry) {
        this.minNanos = min.toNanos();
        this.maxNanos = max.toNanos();
        this.retryNanos = retry.toNanos();
    }

    /** Something is to be applied. */
    void change() {
        changed = true;
    }

    /** What is due; {@link Due#NOTHING} before the first change. */
    Due due(long now) {
        if (!started) {
            return changed ? Due.CHANGES : Due.NOTHING;
        }
        if (now - lastEverything >= maxNanos || failed && now - lastStart >= retryNanos) {
            return Due.EVERYTHING;
        }
        return changed && now - lastStart >= minNanos ? Due.CHANGES : Due.NOTHING;
    }

    /** Nanoseconds until something is due if nothing changes; {@link Long#MAX_VALUE} before the first change. */
    long waitNanos(long now) {
        if (due(now) != Due.NOTHING) {
            return 0;
        }
        if (!started) {
            return Long.MAX_VALUE;
        }
        long wait = lastEverything + maxNanos - now;
        if (changed) {
            wait = Math.min(wait, lastStart + minNanos - now);
        }
        if (failed) {
            wait = Math.min(wait, lastStart + retryNanos - now);
        }
        return wait;
    }

    /** A run begins; later changes belong to the next one. */
    void begin(Due what, long now) {
        changed = false;
        lastStart = now;
        if (!started || what == Due.EVERYTHING) {
            lastEverything = now;
        }
        started = true;
    }

    void end(boolean success) {
        failed = !success;
    }
}
