package io.fairlead.ingress.account;

import io.fairlead.ingress.route.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/**
 * The numbers of all labels, as many as the operator allows; routes beyond share one.
 *
 * <p>Thread-safe.
 */
public final class RouteBook {

    private final int workers;
    private final int labelsMax;
    private final Map<RouteLabel, RouteStats> byLabel = new ConcurrentHashMap<>();

    public RouteBook(int workers, int labelsMax) {
        this.workers = workers;
        this.labelsMax = labelsMax;
    }

    /** The numbers of a route; those of a route that comes back go on. */
    public RouteStats of(Route route) {
        RouteLabel label = RouteLabel.of(route);
        boolean fits = byLabel.containsKey(label) || byLabel.size() < labelsMax;
        return byLabel.computeIfAbsent(fits ? label : RouteLabel.OTHERS, wanted -> new RouteStats(wanted, workers));
    }

    /** Writes them in the text format of Prometheus. */
    public void writePage(Appendable out) {
        try {
            head(out, IngressMetric.REQUESTS);
            for (RouteStats stats : byLabel.values()) {
                for (int hundred = 0; hundred < RouteStats.CLASSES; hundred++) {
                    line(out, IngressMetric.REQUESTS, "", stats, ",code=\"" + (hundred + 1) + "xx\"")
                            .append(Long.toString(stats.requests(hundred)))
                            .append('\n');
                }
            }
            durations(out);
            total(out, IngressMetric.REQUEST_BYTES, RouteStats::requestBytes);
            total(out, IngressMetric.ANSWER_BYTES, RouteStats::answerBytes);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write metrics", e);
        }
    }

    private void durations(Appendable out) throws IOException {
        IngressMetric metric = IngressMetric.DURATION;
        head(out, metric);
        for (RouteStats stats : byLabel.values()) {
            long below = 0;
            for (int bucket = 0; bucket < RouteStats.buckets(); bucket++) {
                below += stats.inBucket(bucket);
                boolean last = bucket == RouteStats.buckets() - 1;
                String bound = last ? "+Inf" : Double.toString(RouteStats.boundSeconds(bucket));
                line(out, metric, "_bucket", stats, ",le=\"" + bound + "\"")
                        .append(Long.toString(below))
                        .append('\n');
            }
            line(out, metric, "_sum", stats, "")
                    .append(Double.toString(stats.durationSeconds()))
                    .append('\n');
            line(out, metric, "_count", stats, "").append(Long.toString(below)).append('\n');
        }
    }

    private void total(Appendable out, IngressMetric metric, ToLongFunction<RouteStats> value) throws IOException {
        head(out, metric);
        for (RouteStats stats : byLabel.values()) {
            line(out, metric, "", stats, "")
                    .append(Long.toString(value.applyAsLong(stats)))
                    .append('\n');
        }
    }

    private static void head(Appendable out, IngressMetric metric) throws IOException {
        out.append("# HELP ")
                .append(metric.metricName())
                .append(' ')
                .append(metric.sentence())
                .append('\n');
        out.append("# TYPE ")
                .append(metric.metricName())
                .append(' ')
                .append(metric.kind().name().toLowerCase(Locale.ROOT))
                .append('\n');
    }

    /** Names of Kubernetes objects need no escapes. */
    private static Appendable line(Appendable out, IngressMetric metric, String suffix, RouteStats stats, String more)
            throws IOException {
        RouteLabel label = stats.label();
        return out.append(metric.metricName())
                .append(suffix)
                .append("{namespace=\"")
                .append(label.namespace())
                .append("\",ingress=\"")
                .append(label.ingress())
                .append("\",service=\"")
                .append(label.service())
                .append('"')
                .append(more)
                .append("} ");
    }
}
