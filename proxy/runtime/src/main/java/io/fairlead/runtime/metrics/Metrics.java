package io.fairlead.runtime.metrics;

import io.fairlead.runtime.metrics.MetricDescriptor.Kind;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/**
 * The metrics of one program: hands out the handles to count with and writes the page.
 *
 * <p>Ask for a handle once and keep it. A metric without labels is on the page with zero as soon as it is asked for,
 * so that alerts on it work before the first event.
 *
 * <p>Counters and gauges are Micrometer's. Histograms are those of the Prometheus registry under it, since Micrometer's
 * round observations up to whole units and add a metric {@code …_max} that nobody declared. Thread-safe.
 */
public final class Metrics {

    /** The media type of the page (Prometheus text format 0.0.4). */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, MetricFamily> families = new ConcurrentHashMap<>();
    private final Map<String, io.prometheus.metrics.core.metrics.Histogram> histograms = new ConcurrentHashMap<>();

    public Metrics() {
        registry.config().namingConvention(NamingConvention.identity);
        registry.throwExceptionOnRegistrationFailure();
    }

    /**
     * The counter of these label values.
     *
     * @throws IllegalArgumentException if the descriptor is no counter, has other labels, or its name is taken by another
     */
    public Counter counter(MetricDescriptor descriptor, String... labelValues) {
        return (Counter)
                family(descriptor, Kind.COUNTER).series(List.of(labelValues), values -> newCounter(descriptor, values));
    }

    /** The gauge of these label values; throws as {@link #counter}. */
    public Gauge gauge(MetricDescriptor descriptor, String... labelValues) {
        return (Gauge)
                family(descriptor, Kind.GAUGE).series(List.of(labelValues), values -> newGauge(descriptor, values));
    }

    /** The histogram of these label values; throws as {@link #counter}. */
    public Histogram histogram(MetricDescriptor descriptor, String... labelValues) {
        return (Histogram) family(descriptor, Kind.HISTOGRAM)
                .series(List.of(labelValues), values -> newHistogram(descriptor, values));
    }

    /** A counter or gauge that is asked for, on any thread, whenever the page is read; throws as {@link #counter}. */
    public void observe(MetricDescriptor descriptor, DoubleSupplier source, String... labelValues) {
        family(descriptor, descriptor.kind())
                .series(List.of(labelValues), values -> newObserved(descriptor, source, values));
    }

    /**
     * Writes all metrics in the order of their names.
     *
     * @throws UncheckedIOException if {@code out} refuses
     */
    public void writePage(Appendable out) {
        try {
            out.append(registry.scrape(CONTENT_TYPE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MetricFamily family(MetricDescriptor descriptor, Kind wanted) {
        MetricFamily family = families.computeIfAbsent(descriptor.metricName(), name -> new MetricFamily(descriptor));
        if (descriptor.kind() != wanted || !family.descriptor().equals(descriptor)) {
            throw new IllegalArgumentException(descriptor.metricName() + " is declared twice or is no " + wanted);
        }
        return family;
    }

    private Counter newCounter(MetricDescriptor descriptor, List<String> labelValues) {
        return new Counter(io.micrometer.core.instrument.Counter.builder(descriptor.metricName())
                .description(descriptor.sentence())
                .tags(tags(descriptor, labelValues))
                .register(registry));
    }

    private Gauge newGauge(MetricDescriptor descriptor, List<String> labelValues) {
        Gauge gauge = new Gauge();
        registerGauge(descriptor, gauge::value, labelValues);
        return gauge;
    }

    private Histogram newHistogram(MetricDescriptor descriptor, List<String> labelValues) {
        return new Histogram(histograms
                .computeIfAbsent(descriptor.metricName(), name -> registerHistogram(descriptor))
                .labelValues(labelValues.toArray(String[]::new)));
    }

    private Series newObserved(MetricDescriptor descriptor, DoubleSupplier source, List<String> labelValues) {
        switch (descriptor.kind()) {
            case GAUGE -> registerGauge(descriptor, source, labelValues);
            case COUNTER ->
                FunctionCounter.builder(descriptor.metricName(), source, DoubleSupplier::getAsDouble)
                        .description(descriptor.sentence())
                        .tags(tags(descriptor, labelValues))
                        .register(registry);
            case HISTOGRAM ->
                throw new IllegalArgumentException(descriptor.metricName() + " is a histogram, not one number");
        }
        return new Series.Observed(source);
    }

    private void registerGauge(MetricDescriptor descriptor, DoubleSupplier source, List<String> labelValues) {
        io.micrometer.core.instrument.Gauge.builder(descriptor.metricName(), source::getAsDouble)
                .description(descriptor.sentence())
                .tags(tags(descriptor, labelValues))
                .register(registry);
    }

    private io.prometheus.metrics.core.metrics.Histogram registerHistogram(MetricDescriptor descriptor) {
        return io.prometheus.metrics.core.metrics.Histogram.builder()
                .name(descriptor.metricName())
                .help(descriptor.sentence())
                .labelNames(descriptor.labels().toArray(String[]::new))
                .classicOnly()
                .classicUpperBounds(descriptor.buckets().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray())
                .withoutExemplars()
                .register(registry.getPrometheusRegistry());
    }

    private static List<Tag> tags(MetricDescriptor descriptor, List<String> labelValues) {
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < labelValues.size(); i++) {
            tags.add(Tag.of(descriptor.labels().get(i), labelValues.get(i)));
        }
        return tags;
    }
}
