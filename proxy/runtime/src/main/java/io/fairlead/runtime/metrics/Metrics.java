package io.fairlead.runtime.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.DoubleSupplier;

/**
 * The metrics of one program: hands out the handles to count with and writes the page.
 *
 * <p>Ask for a handle once and keep it. A metric without labels is on the page with zero as soon as it is asked for,
 * so that alerts on it work before the first event.
 *
 * <p>Why not a metrics library: kube-proxy's names are an interface, and one of them, a gauge that ends in
 * {@code _total}, is renamed by the Prometheus client for Java; and two hundred lines start in a millisecond where the
 * library took 45 ms of the agent's start and 8 MB of its memory, measured with an AOT cache. Thread-safe.
 */
public final class Metrics {

    /** The media type of the page (Prometheus text format 0.0.4). */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Map<String, MetricFamily> families = new ConcurrentSkipListMap<>();

    /**
     * The counter of these label values.
     *
     * @throws IllegalArgumentException if the descriptor is no counter, has other labels, or its name is taken by another
     */
    public Counter counter(MetricDescriptor descriptor, String... labelValues) {
        MetricFamily family = family(descriptor, MetricDescriptor.Kind.COUNTER);
        return (Counter) family.series(List.of(labelValues), Counter::new);
    }

    /** The gauge of these label values; throws as {@link #counter}. */
    public Gauge gauge(MetricDescriptor descriptor, String... labelValues) {
        MetricFamily family = family(descriptor, MetricDescriptor.Kind.GAUGE);
        return (Gauge) family.series(List.of(labelValues), Gauge::new);
    }

    /** The histogram of these label values; throws as {@link #counter}. */
    public Histogram histogram(MetricDescriptor descriptor, String... labelValues) {
        MetricFamily family = family(descriptor, MetricDescriptor.Kind.HISTOGRAM);
        return (Histogram) family.series(List.of(labelValues), () -> new Histogram(descriptor.buckets()));
    }

    /** A counter or gauge that is asked for, on any thread, whenever the page is read; throws as {@link #counter}. */
    public void observe(MetricDescriptor descriptor, DoubleSupplier source, String... labelValues) {
        MetricFamily family = family(descriptor, descriptor.kind());
        family.series(List.of(labelValues), () -> new Series.Observed(source));
    }

    /**
     * Writes all metrics in the order of their names.
     *
     * @throws java.io.UncheckedIOException if {@code out} refuses
     */
    public void writePage(Appendable out) {
        MetricsPage page = new MetricsPage(out);
        for (MetricFamily family : families.values()) {
            page.write(family);
        }
    }

    private MetricFamily family(MetricDescriptor descriptor, MetricDescriptor.Kind wanted) {
        MetricFamily family = families.computeIfAbsent(descriptor.metricName(), name -> new MetricFamily(descriptor));
        if (descriptor.kind() != wanted || !family.descriptor().equals(descriptor)) {
            throw new IllegalArgumentException(descriptor.metricName() + " is declared twice or is no " + wanted);
        }
        return family;
    }
}
