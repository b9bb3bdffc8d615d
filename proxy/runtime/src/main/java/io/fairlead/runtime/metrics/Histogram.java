package io.fairlead.runtime.metrics;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;

/**
 * How often an observation was at most so much.
 *
 * <p>Thread-safe.
 */
public final class Histogram implements Series {

    private final DistributionDataPoint point;

    Histogram(DistributionDataPoint point) {
        this.point = point;
    }

    /** Counts one observation, in the metric's base unit (seconds, bytes). The library allocates 16 bytes for it. */
    public void observe(double value) {
        point.observe(value);
    }

    /** Observations so far. */
    public long count() {
        return point.getCount();
    }
}
