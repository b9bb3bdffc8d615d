package io.fairlead.runtime.metrics;

/**
 * A number that only grows.
 *
 * <p>Thread-safe.
 */
public final class Counter implements Series {

    private final io.micrometer.core.instrument.Counter meter;

    Counter(io.micrometer.core.instrument.Counter meter) {
        this.meter = meter;
    }

    /** Hot path: adds one. */
    public void increment() {
        meter.increment();
    }

    /** Hot path: adds {@code amount}, which is not negative. */
    public void add(long amount) {
        meter.increment((double) amount);
    }

    /** Exact below 2^53. */
    public long value() {
        return (long) meter.count();
    }
}
