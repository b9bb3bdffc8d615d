package io.fairlead.ingress.proxy.http2;

import io.fairlead.ingress.loop.Worker;
import java.util.concurrent.TimeUnit;

/**
 * How often a peer may still do something that costs us more than it. Work that is done gives some back, and so does
 * time: the whole of it in ten seconds.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
final class Allowance {

    private static final long REFILL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Worker worker;
    private final int max;
    private int left;
    private long filledAt;

    Allowance(Worker worker, int max) {
        this.worker = worker;
        this.max = max;
        left = max;
        filledAt = worker.nanoTime();
    }

    /** Hot path: uses one; false if there is none left. */
    boolean spend() {
        if (left == 0) {
            refill();
        }
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }

    /** Looked at only when nothing is left: the clock is read rarely, and the burst after it is no larger. */
    private void refill() {
        long now = worker.nanoTime();
        double share = Math.min(1, (double) (now - filledAt) / REFILL_NANOS);
        left = (int) (share * max);
        if (left > 0) {
            filledAt = now;
        }
    }

    /** Hot path: something was done. */
    void giveBack(int count) {
        left = Math.min(max, left + count);
    }
}
