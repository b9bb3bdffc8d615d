package io.fairlead.runtime.metrics;

import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often an observation was at most so much.
 *
 * <p>Thread-safe.
 */
public final class Histogram implements Series {

    private final double[] bounds;
    private final LongAdder[] counts;
    private final DoubleAdder sum = new DoubleAdder();

    Histogram(List<Double> buckets) {
        bounds = new double[buckets.size()];
        counts = new LongAdder[buckets.size() + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = buckets.get(i);
        }
    }

    /** Hot path: counts one observation, in the metric's base unit (seconds, bytes). */
    public void observe(double value) {
        int bucket = 0;
        while (bucket < bounds.length && value > bounds[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        sum.add(value);
    }

    /** Observations so far. */
    public long count() {
        long total = 0;
        for (LongAdder count : counts) {
            total += count.sum();
        }
        return total;
    }

    double[] bounds() {
        return bounds;
    }

    /** Observations in the bucket below {@code bounds()[bucket]}; in the last one, those above all bounds. */
    long countIn(int bucket) {
        return counts[bucket].sum();
    }

    double sum() {
        return sum.sum();
    }
}
