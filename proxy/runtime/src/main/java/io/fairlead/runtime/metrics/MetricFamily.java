package io.fairlead.runtime.metrics;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * All series of one metric.
 *
 * <p>Thread-safe.
 */
final class MetricFamily {

    /** Series of one metric; beyond that, all new label values share one series, or a hostile name would cost memory. */
    private static final int SERIES_MAX = 1000;

    private final MetricDescriptor descriptor;
    private final Map<List<String>, Series> series = new ConcurrentHashMap<>();

    MetricFamily(MetricDescriptor descriptor) {
        List<String> mistakes = MetricNames.mistakes(descriptor);
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", mistakes));
        }
        this.descriptor = descriptor;
    }

    MetricDescriptor descriptor() {
        return descriptor;
    }

    Series series(List<String> labelValues, Function<List<String>, Series> create) {
        int labels = descriptor.labels().size();
        if (labelValues.size() != labels) {
            throw new IllegalArgumentException(descriptor.metricName() + " has the labels " + descriptor.labels());
        }
        Series known = series.get(labelValues);
        if (known != null) {
            return known;
        }
        List<String> key = series.size() < SERIES_MAX ? labelValues : Collections.nCopies(labels, "(other)");
        return series.computeIfAbsent(key, create);
    }
}
