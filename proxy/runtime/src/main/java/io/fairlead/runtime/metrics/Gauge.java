package io.fairlead.runtime.metrics;

/**
 * A number that goes up and down.
 *
 * <p>Thread-safe.
 */
public final class Gauge implements Series {

    private volatile double value;

    Gauge() {}

    public void set(double wanted) {
        value = wanted;
    }

    public double value() {
        return value;
    }
}
