package io.fairlead.runtime.metrics;

import io.fairlead.runtime.metrics.MetricDescriptor.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a metric must be called (prometheus.io/docs/practices/naming), as far as a machine can tell.
 *
 * <p>Thread-safe.
 */
public final class MetricNames {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");
    private static final Pattern OTHER_UNIT = Pattern.compile(
            ".*_(milliseconds|millis|ms|microseconds|nanoseconds|minutes|hours|days|kilobytes|kb|megabytes|mb|bits|percent)(_total)?");

    private MetricNames() {}

    /** What no metric may do, kube-proxy's included; empty if all is well. */
    static List<String> mistakes(MetricDescriptor metric) {
        List<String> mistakes = new ArrayList<>();
        String name = metric.metricName();
        check(mistakes, NAME.matcher(name).matches(), name, "is not lower case words with underscores between");
        check(mistakes, metric.sentence().endsWith("."), name, "is not explained by a sentence with a full stop");
        for (String label : metric.labels()) {
            boolean fine = NAME.matcher(label).matches() && !label.equals("le");
            check(mistakes, fine, name, "has a label that cannot be: " + label);
        }
        boolean kept = metric.kind() != Kind.COUNTER || name.endsWith("_total");
        check(mistakes, kept, name, "is a counter without _total at its end, which the page would add");
        boolean histogram = metric.kind() == Kind.HISTOGRAM;
        List<Double> buckets = metric.buckets();
        check(mistakes, histogram != buckets.isEmpty(), name, "needs buckets if and only if it is a histogram");
        for (int i = 1; i < buckets.size(); i++) {
            check(mistakes, buckets.get(i - 1) < buckets.get(i), name, "has buckets that do not ascend");
        }
        return mistakes;
    }

    /** What a metric of Fairlead's own must be called, for the test of each program's list; empty if all is well. */
    public static List<String> findings(MetricDescriptor metric) {
        List<String> findings = mistakes(metric);
        String name = metric.metricName();
        boolean counter = metric.kind() == Kind.COUNTER;
        check(findings, name.startsWith("fairlead_"), name, "does not start with fairlead_");
        check(findings, counter || !name.endsWith("_total"), name, "ends in _total and is no counter");
        check(findings, !OTHER_UNIT.matcher(name).matches(), name, "has a unit other than seconds, bytes or a ratio");
        if (metric.kind() == Kind.HISTOGRAM) {
            boolean unit = name.endsWith("_seconds") || name.endsWith("_bytes") || name.endsWith("_size");
            check(findings, unit, name, "is a histogram without _seconds, _bytes or _size at its end");
        }
        return findings;
    }

    private static void check(List<String> findings, boolean holds, String name, String finding) {
        if (!holds) {
            findings.add(name + " " + finding);
        }
    }
}
