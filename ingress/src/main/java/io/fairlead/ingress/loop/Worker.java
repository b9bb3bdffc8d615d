package io.fairlead.ingress.loop;

import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One event loop and what belongs to it.
 *
 * <p>Confined to the event loop's thread; {@link #loop} and {@link #index} are thread-safe.
 */
public final class Worker {

    /** How late a deadline is noticed at most. */
    private static final long TICK_MILLIS = 100;

    private final EventLoop loop;
    private final int index;
    private final Deadline ring = new Deadline(() -> {});
    private final List<Deadline> passed = new ArrayList<>();
    private long random;

    /**
     * Begins to look at deadlines.
     *
     * @param index its place among the workers of the process, from 0
     */
    @SuppressWarnings("FutureReturnValueIgnored") // It ticks as long as the loop runs.
    public Worker(EventLoop loop, int index) {
        this.loop = loop;
        this.index = index;
        ring.close();
        random = new SecureRandom().nextLong() | 1;
        loop.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    public EventLoop loop() {
        return loop;
    }

    public int index() {
        return index;
    }

    /** Hot path: nanoseconds since an arbitrary moment. */
    public long nanoTime() {
        return System.nanoTime();
    }

    /** A deadline that is not set yet. Its owner ends it. */
    public Deadline deadline(Runnable action) {
        Deadline deadline = new Deadline(action);
        deadline.enter(ring);
        return deadline;
    }

    private void tick() {
        long now = nanoTime();
        for (Deadline each = ring.next(); each != null && each != ring; each = each.next()) {
            if (each.passed(now)) {
                passed.add(each);
            }
        }
        // One that runs may end or put off another.
        for (Deadline each : passed) {
            if (each.passed(now)) {
                each.run();
            }
        }
        passed.clear();
    }

    /** Hot path: 64 bits that nobody needs to be unable to guess (Marsaglia, Xorshift RNGs). */
    public long random() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return random;
    }
}
