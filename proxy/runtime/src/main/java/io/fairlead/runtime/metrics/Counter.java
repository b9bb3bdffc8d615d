package io.fairlead.runtime.metrics;

import java.util.concurrent.atomic.LongAdder;

/**
 * A number that only grows.
 *
 * <p>Thread-safe.
 */
public final class Counter implements Series {

    private final LongAdder count = new LongAdder();

    Counter() {}

    /** Hot path: adds one. */
    public void increment() {
        count.increment();
    }

    /** Hot path: adds {@code amount}, which is not negative. */
    public void add(long amount) {
        count.add(amount);
    }

    public long value() {
        return count.sum();
    }
}
