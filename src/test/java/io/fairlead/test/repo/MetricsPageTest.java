package io.fairlead.test.repo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.fairlead.agent.metrics.KubeProxyMetric;
import io.fairlead.agent.metrics.ProxyCounters;
import io.fairlead.controller.ControllerMetric;
import io.fairlead.ingress.account.IngressMetric;
import io.fairlead.runtime.metrics.MetricDescriptor;
import io.fairlead.runtime.metrics.ProcessMetric;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/operate/metrics.md} has every metric with type, labels and sentence, and no other.
 *
 * <p>Confined to the test thread.
 */
class MetricsPageTest {

    private static final String PAGE = "docs/operate/metrics.md";

    /** A row of a table of metrics: name, type, labels, sentence. */
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([a-z0-9_]+)` \\| (counter|gauge|histogram) \\| (.*?) \\| (.*?) \\|");

    private static final Pattern ABSENT = Pattern.compile("(?m)^\\| (`kubeproxy_.*?) \\| not applicable");
    private static final Pattern NAME = Pattern.compile("`(kubeproxy_[a-z0-9_]+)`");

    private final String page = Sources.text(new Sources().root().resolve(PAGE));

    private static Stream<MetricDescriptor> metrics() {
        return Stream.of(
                        ProxyCounters.values(),
                        KubeProxyMetric.values(),
                        ProcessMetric.values(),
                        IngressMetric.values(),
                        ControllerMetric.values())
                .flatMap(Stream::of);
    }

    private static String row(MetricDescriptor metric) {
        String labels = metric.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
        return String.join(
                " | ",
                metric.metricName(),
                metric.kind().name().toLowerCase(Locale.ROOT),
                labels.isEmpty() ? "\u2013" : labels,
                metric.sentence());
    }

    private static String row(MatchResult row) {
        return String.join(" | ", row.group(1), row.group(2), row.group(3), row.group(4));
    }

    @Test
    void everyMetricIsOnThePageAndNoOther() {
        List<String> expected = metrics().map(MetricsPageTest::row).sorted().toList();
        List<String> written =
                ROW.matcher(page).results().map(MetricsPageTest::row).sorted().toList();
        assertEquals(String.join("\n", expected), String.join("\n", written));
    }

    @Test
    void whatIsSaidToBeAbsentIsAbsent() {
        SortedSet<String> absent = ABSENT.matcher(page)
                .results()
                .flatMap(row -> NAME.matcher(row.group(1)).results())
                .map(name -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertFalse(absent.isEmpty());
        absent.retainAll(metrics().map(MetricDescriptor::metricName).toList());
        assertEquals(new TreeSet<>(), absent);
    }
}
