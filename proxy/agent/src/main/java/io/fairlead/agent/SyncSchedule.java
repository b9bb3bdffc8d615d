package io.fairlead.agent;

import java.time.Duration;

/**
 * When the proxy loop runs. Three promises:
 *
 * <ol>
 *   <li>A change, or a doubt about the kernel, starts a run at once if the last one began at least {@code min} ago,
 *       else as soon as it did: a burst costs one run.
 *   <li>A run that compares everything with the kernel starts at least every {@code max}.
 *   <li>A run that compares everything starts {@code retry} after the start of one that failed, whatever changes. While
 *       such runs fail too, because the kernel refuses something for good, the time doubles, up to 32 times.
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

    private static final int DOUBLINGS_MAX = 5;

    private final long minNanos;
    private final long maxNanos;
    private final long retryNanos;

    private boolean started;
    private boolean changed;
    private boolean doubted;
    /** A run failed, and no comparison of everything has started since. */
    private boolean failed;

    /** Runs that compared everything and failed, since the last one that did not. */
    private int retries;

    private boolean comparing;
    private long failedStart;
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

    /** The kernel may not be as it was left: everything is to be compared, soon. */
    void doubt() {
        doubted = true;
    }

    /** What is due; {@link Due#NOTHING} before the first change. */
    Due due(long now) {
        if (!started) {
            return changed ? Due.CHANGES : Due.NOTHING;
        }
        boolean spaced = now - lastStart >= minNanos;
        if (now - lastEverything >= maxNanos || failed && now - failedStart >= retryNanos() || doubted && spaced) {
            return Due.EVERYTHING;
        }
        return changed && spaced ? Due.CHANGES : Due.NOTHING;
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
        if (changed || doubted) {
            wait = Math.min(wait, lastStart + minNanos - now);
        }
        if (failed) {
            wait = Math.min(wait, failedStart + retryNanos() - now);
        }
        return wait;
    }

    /** A run begins; later changes belong to the next one. */
    void begin(Due what, long now) {
        changed = false;
        lastStart = now;
        comparing = !started || what == Due.EVERYTHING;
        if (comparing) {
            lastEverything = now;
            failed = false;
            doubted = false;
        }
        started = true;
    }

    /** The run that began last is over. A success of changes alone does not repair an earlier failure. */
    void end(boolean success) {
        if (comparing) {
            retries = success ? 0 : retries + 1;
        }
        if (!success && !failed) {
            failed = true;
            failedStart = lastStart;
        }
    }

    private long retryNanos() {
        return retryNanos << Math.clamp(retries - 1L, 0, DOUBLINGS_MAX);
    }
}
