package io.fairlead.runtime.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * All series of one metric.
 *
 * <p>Thread-safe.
 */
final class MetricFamily {

    /** Series of one metric; beyond that, all new label values share one series, or a hostile name would cost memory. */
    private static final int SERIES_MAX = 1000;

    private final MetricDescriptor descriptor;
    private final Map<String, Series> series = new ConcurrentSkipListMap<>();

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

    /** The series by the text of their labels, {@code a="1",b="2"}, in its order. */
    Map<String, Series> series() {
        return series;
    }

    Series series(List<String> labelValues, Supplier<Series> create) {
        if (labelValues.size() != descriptor.labels().size()) {
            throw new IllegalArgumentException(descriptor.metricName() + " has the labels " + descriptor.labels());
        }
        String key = labelText(labelValues);
        Series known = series.get(key);
        if (known != null) {
            return known;
        }
        if (series.size() >= SERIES_MAX) {
            key = labelText(descriptor.labels().stream().map(label -> "(other)").toList());
        }
        return series.computeIfAbsent(key, ignored -> create.get());
    }

    private String labelText(List<String> values) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            text.append(i == 0 ? "" : ",").append(descriptor.labels().get(i)).append("=\"");
            String value = values.get(i);
            text.append(value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))
                    .append('"');
        }
        return text.toString();
    }
}
