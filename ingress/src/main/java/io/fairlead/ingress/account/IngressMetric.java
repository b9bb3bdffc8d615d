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
    CERTIFICATE_END(
            "fairlead_ingress_certificate_first_end_timestamp_seconds",
            Kind.GAUGE,
            "When the first of the certificates that Secrets hold ends, as seconds since 1970; 0 without any."),
    LOG_LOST(
            "fairlead_ingress_access_log_lost_total",
            Kind.COUNTER,
            "Lines of the access log that came faster than they could be written."),
    PROBLEMS(
            "fairlead_ingress_objects_with_problems",
            Kind.GAUGE,
            "Objects of which something is wrong; an Event on each says what."),
    LEADER(
            "fairlead_ingress_leader",
            Kind.GAUGE,
            "1 if this replica writes the status of Ingresses, else 0; the sum over all replicas is 1 but for moments."),
    STATUS_WRITES(
            "fairlead_ingress_status_writes_total",
            Kind.COUNTER,
            "Writes of the status of Ingresses; result refused means that the API did not take one, and the log says why.",
            "result"),
    SHARED_KEYS(
            "fairlead_ingress_shared_keys",
            Kind.GAUGE,
            "1 if the keys of --keys-secret are in use, 0 while this replica has keys of its own.");

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
