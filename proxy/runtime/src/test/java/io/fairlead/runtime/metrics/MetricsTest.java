package io.fairlead.runtime.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.runtime.metrics.MetricDescriptor.Kind;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MetricsTest {

    private record Metric(String metricName, Kind kind, String sentence, List<String> labels, List<Double> buckets)
            implements MetricDescriptor {
        private Metric(String metricName, Kind kind, String... labels) {
            this(metricName, kind, "Something.", List.of(labels), List.of());
        }
    }

    private static final Metric SYNCS = new Metric("fairlead_syncs_total", Kind.COUNTER);
    private static final Metric SERVICES = new Metric("fairlead_services", Kind.GAUGE, "family", "kind");
    private static final Metric LATENCY =
            new Metric("fairlead_sync_seconds", Kind.HISTOGRAM, "How long.", List.of(), List.of(0.0001, 0.002, 16.384));

    private final Metrics metrics = new Metrics();

    private String page() {
        StringBuilder page = new StringBuilder();
        metrics.writePage(page);
        return page.toString();
    }

    @Test
    void countersStartAtZeroAndGrow() {
        Counter counter = metrics.counter(SYNCS);
        assertTrue(page().endsWith("\nfairlead_syncs_total 0.0\n"), page());
        counter.increment();
        counter.add(4);
        assertEquals("""
                # HELP fairlead_syncs_total Something.
                # TYPE fairlead_syncs_total counter
                fairlead_syncs_total 5.0
                """, page());
        assertSame(counter, metrics.counter(SYNCS));
    }

    @Test
    void labelsAreEscapedAndOrdered() {
        metrics.gauge(SERVICES, "ipv6", "b").set(2.5);
        metrics.gauge(SERVICES, "ipv4", "a\"\\\n").set(-1);
        assertEquals("""
                # HELP fairlead_services Something.
                # TYPE fairlead_services gauge
                fairlead_services{family="ipv4",kind="a\\"\\\\\\n"} -1.0
                fairlead_services{family="ipv6",kind="b"} 2.5
                """, page());
    }

    @Test
    void bucketsAreCumulativeAndIncludeTheirBound() {
        Histogram histogram = metrics.histogram(LATENCY);
        histogram.observe(0.0001);
        histogram.observe(0.0015);
        histogram.observe(20);
        assertEquals("""
                # HELP fairlead_sync_seconds How long.
                # TYPE fairlead_sync_seconds histogram
                fairlead_sync_seconds_bucket{le="1.0E-4"} 1
                fairlead_sync_seconds_bucket{le="0.002"} 2
                fairlead_sync_seconds_bucket{le="16.384"} 2
                fairlead_sync_seconds_bucket{le="+Inf"} 3
                fairlead_sync_seconds_count 3
                fairlead_sync_seconds_sum 20.0016
                """, page());
        assertEquals(3, histogram.count());
    }

    /** The format has a meaning for these endings that a gauge does not have; the names are kube-proxy's all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"kubeproxy_sync_proxy_rules_iptables_total", "a_created", "a_info", "a_count", "a_bucket"})
    void gaugesKeepTheirNames(String name) {
        metrics.gauge(new Metric(name, Kind.GAUGE, "table"), "nat").set(7);
        assertEquals("""
                # HELP %1$s Something.
                # TYPE %1$s gauge
                %1$s{table="nat"} 7.0
                """.formatted(name), page());
    }

    @Test
    void aCounterStandsBesideTheGaugeOfTheSameName() {
        metrics.counter(new Metric("kubeproxy_changes_total", Kind.COUNTER)).add(3);
        metrics.gauge(new Metric("kubeproxy_changes", Kind.GAUGE)).set(2);
        assertEquals(
                List.of("kubeproxy_changes 2.0", "kubeproxy_changes_total 3.0"),
                page().lines().filter(line -> !line.startsWith("#")).toList());
    }

    @Test
    void observedNumbersAreReadForThePage() {
        metrics.observe(SERVICES, () -> Double.NaN, "a", "b");
        metrics.observe(SERVICES, () -> Double.POSITIVE_INFINITY, "a", "c");
        metrics.observe(SYNCS, () -> 1.5);
        assertTrue(page().contains("{family=\"a\",kind=\"b\"} NaN\n"), page());
        assertTrue(page().contains("{family=\"a\",kind=\"c\"} +Inf\n"), page());
        assertTrue(page().endsWith("\nfairlead_syncs_total 1.5\n"), page());
    }

    /** The library holds what it observes weakly. */
    @Test
    void observedNumbersOutliveTheirCallersReference() {
        Random source = new Random(1);
        metrics.observe(SYNCS, source::nextDouble);
        WeakReference<Object> garbage = new WeakReference<>(new Object());
        while (garbage.get() != null) {
            System.gc();
        }
        assertNotEquals(page(), page());
    }

    @Test
    void histogramsHaveLabels() {
        Metric latency =
                new Metric("kubeproxy_sync_seconds", Kind.HISTOGRAM, "How long.", List.of("family"), List.of(1.0));
        metrics.histogram(latency, "ipv6").observe(2);
        metrics.histogram(latency, "ipv4").observe(0.5);
        assertTrue(page().contains("\nkubeproxy_sync_seconds_bucket{family=\"ipv4\",le=\"1.0\"} 1\n"), page());
        assertTrue(page().contains("\nkubeproxy_sync_seconds_bucket{family=\"ipv6\",le=\"1.0\"} 0\n"), page());
    }

    @Test
    void hostileLabelValuesCostBoundedMemory() {
        Metric errors = new Metric("fairlead_errors_total", Kind.COUNTER, "object");
        for (int i = 0; i < 5_000; i++) {
            metrics.counter(errors, "object-" + i).increment();
        }
        assertEquals(2 + 1001, page().lines().count());
        assertTrue(
                page().contains("fairlead_errors_total{object=\"(other)\"} 4000.0\n"), "the rest is counted together");
    }

    @Test
    void wrongUseIsABug() {
        assertThrows(IllegalArgumentException.class, () -> metrics.gauge(SYNCS));
        assertThrows(IllegalArgumentException.class, () -> metrics.counter(SYNCS, "label"));
        metrics.counter(SYNCS);
        Metric twin = new Metric("fairlead_syncs_total", Kind.COUNTER, "other");
        assertThrows(IllegalArgumentException.class, () -> metrics.counter(twin, "x"));
        Metric nameless = new Metric("Fairlead-x", Kind.GAUGE);
        assertThrows(IllegalArgumentException.class, () -> metrics.gauge(nameless));
        Metric bucketless = new Metric("fairlead_x_seconds", Kind.HISTOGRAM);
        assertThrows(IllegalArgumentException.class, () -> metrics.histogram(bucketless));
        Metric endless = new Metric("fairlead_x", Kind.COUNTER);
        assertThrows(IllegalArgumentException.class, () -> metrics.counter(endless));
        assertThrows(IllegalArgumentException.class, () -> metrics.observe(LATENCY, () -> 1));
    }

    @Test
    void namesAreHeldToTheConventions() {
        assertEquals(List.of(), MetricNames.findings(SYNCS));
        assertEquals(List.of(), MetricNames.findings(LATENCY));
        assertEquals(
                1,
                MetricNames.findings(new Metric("x_syncs_total", Kind.COUNTER)).size());
        assertEquals(
                1,
                MetricNames.findings(new Metric("fairlead_syncs", Kind.COUNTER)).size());
        assertEquals(
                1,
                MetricNames.findings(new Metric("fairlead_syncs_total", Kind.GAUGE))
                        .size());
        assertEquals(
                1,
                MetricNames.findings(new Metric("fairlead_age_milliseconds", Kind.GAUGE))
                        .size());
        assertEquals(
                1,
                MetricNames.findings(new Metric("fairlead_a", Kind.GAUGE, "le")).size());
        Metric unitless = new Metric("fairlead_syncs", Kind.HISTOGRAM, "How long.", List.of(), List.of(1.0));
        assertEquals(1, MetricNames.findings(unitless).size());
        Metric descending = new Metric("fairlead_a_bytes", Kind.HISTOGRAM, "Size.", List.of(), List.of(2.0, 1.0));
        assertEquals(1, MetricNames.findings(descending).size());
    }

    @ParameterizedTest
    @EnumSource
    void processMetricsHaveValuesAndGoodNames(ProcessMetric metric) {
        ProcessMetric.observe(metrics);
        Pattern positive = Pattern.compile("(?m)^" + metric.metricName() + " (0\\.0*)?[1-9][0-9.E-]*$");
        assertTrue(positive.matcher(page()).find(), page());
        if (!metric.metricName().startsWith("process_")) {
            assertEquals(List.of(), MetricNames.findings(metric));
        }
        assertFalse(metric.sentence().isEmpty());
    }

    @Test
    void countingAllocatesNothing() {
        Counter counter = metrics.counter(SYNCS);
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long before = 0;
        for (int i = 0; i < 20_000; i++) {
            if (i == 10_000) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            counter.increment();
        }
        long perThousand = (threads.getCurrentThreadAllocatedBytes() - before) / 10;
        assertEquals(0, perThousand / 1000, "bytes for each call");
    }
}
