package io.fairlead.ingress.account;

import io.fairlead.runtime.metrics.MetricDescriptor;
import java.util.List;

/**
 * Every metric of {@code fairlead ingress}, a sentence each.
 *
 * <p>Immutable.
 */
public enum IngressMetric implements MetricDescriptor {
    REQUESTS(
            "fairlead_ingress_requests_total",
            Kind.COUNTER,
            "Requests that ended, by the hundreds of their status.",
            "namespace",
            "ingress",
            "service",
            "code"),
    DURATION(
            "fairlead_ingress_request_duration_seconds",
            Kind.HISTOGRAM,
            "Time from a request's head to the end of its answer.",
            "namespace",
            "ingress",
            "service"),
    REQUEST_BYTES(
            "fairlead_ingress_request_bytes_total",
            Kind.COUNTER,
            "Bytes of the content of requests.",
            "namespace",
            "ingress",
            "service"),
    ANSWER_BYTES(
            "fairlead_ingress_answer_bytes_total",
            Kind.COUNTER,
            "Bytes of the content of answers.",
            "namespace",
            "ingress",
            "service"),
    CONNECTIONS("fairlead_ingress_connections", Kind.GAUGE, "Connections of clients that are open."),
    ROUTES("fairlead_ingress_routes", Kind.GAUGE, "Paths of hosts that requests are routed by."),
    PROBLEMS(
            "fairlead_ingress_objects_with_problems",
            Kind.GAUGE,
            "Objects of which something is wrong; an Event on each says what.");

    private final String metricName;
    private final Kind kind;
    private final String sentence;

    @SuppressWarnings("ImmutableEnumChecker") // A copy that nobody can change.
    private final List<String> labels;

    IngressMetric(String metricName, Kind kind, String sentence, String... labels) {
        this.metricName = metricName;
        this.kind = kind;
        this.sentence = sentence;
        this.labels = List.of(labels);
    }

    @Override
    public String metricName() {
        return metricName;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public String sentence() {
        return sentence;
    }

    @Override
    public List<String> labels() {
        return labels;
    }
}
