package io.fairlead.agent.metrics;

import io.fairlead.cluster.model.IpFamily;
import io.fairlead.runtime.metrics.MetricDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * kube-proxy's metrics, as far as they apply: names, types, labels and buckets are those of
 * its 1.36 ({@code pkg/proxy/metrics}), so that dashboards and alerts go on working.
 *
 * <p>Immutable.
 */
public enum KubeProxyMetric implements MetricDescriptor {
    SYNC_DURATION(
            "sync_proxy_rules_duration_seconds",
            Kind.HISTOGRAM,
            "Time that planning and programming one step took; a step does both families.",
            "ip_family"),
    FULL_SYNC_DURATION(
            "sync_full_proxy_rules_duration_seconds",
            Kind.HISTOGRAM,
            "The same for steps that compare everything with the kernel.",
            "ip_family"),
    PARTIAL_SYNC_DURATION(
            "sync_partial_proxy_rules_duration_seconds",
            Kind.HISTOGRAM,
            "The same for steps that apply only what changed.",
            "ip_family"),
    LAST_SYNC(
            "sync_proxy_rules_last_timestamp_seconds",
            Kind.GAUGE,
            "When a step last succeeded, in seconds since 1970.",
            "ip_family"),
    LAST_QUEUED(
            "sync_proxy_rules_last_queued_timestamp_seconds",
            Kind.GAUGE,
            "When a change last arrived, in seconds since 1970; much later than the last success means that something hangs.",
            "ip_family"),
    NETWORK_PROGRAMMING(
            "network_programming_duration_seconds",
            Kind.HISTOGRAM,
            "Time from what led to a change of an EndpointSlice, by the clock of the control plane, to the kernel.",
            "ip_family"),
    ENDPOINT_CHANGES_PENDING(
            "sync_proxy_rules_endpoint_changes_pending",
            Kind.GAUGE,
            "Changes of EndpointSlices that no step has taken yet."),
    ENDPOINT_CHANGES("sync_proxy_rules_endpoint_changes_total", Kind.COUNTER, "Changes of EndpointSlices."),
    SERVICE_CHANGES_PENDING(
            "sync_proxy_rules_service_changes_pending", Kind.GAUGE, "Changes of Services that no step has taken yet."),
    SERVICE_CHANGES("sync_proxy_rules_service_changes_total", Kind.COUNTER, "Changes of Services."),
    NO_LOCAL_ENDPOINTS(
            "sync_proxy_rules_no_local_endpoints_total",
            Kind.GAUGE,
            "Service ports with a Local traffic policy that have endpoints, but none on this node.",
            "traffic_policy",
            "ip_family"),
    SYNC_FAILURES(
            "sync_proxy_rules_nftables_sync_failures_total",
            Kind.COUNTER,
            "Steps of which the kernel refused a part, in mode nftables.",
            "ip_family"),
    RESTORE_FAILURES(
            "sync_proxy_rules_iptables_restore_failures_total",
            Kind.COUNTER,
            "Steps of which the kernel refused a part, in modes iptables and ipvs.",
            "ip_family"),
    FLOWS_DELETED(
            "conntrack_reconciler_deleted_entries_total",
            Kind.COUNTER,
            "Conntrack entries of UDP flows to backends that left.",
            "ip_family"),
    FLOWS_DURATION(
            "conntrack_reconciler_sync_duration_seconds",
            Kind.HISTOGRAM,
            "Time that one clean-up of UDP flows took.",
            "ip_family"),
    HEALTHZ("proxy_healthz_total", Kind.COUNTER, "Answers of /healthz by status code.", "code"),
    LIVEZ("proxy_livez_total", Kind.COUNTER, "Answers of /livez by status code.", "code");

    private static final int BUCKETS = 15;

    private final String metricName;
    private final Kind kind;
    private final String sentence;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> labels;

    KubeProxyMetric(String name, Kind kind, String sentence, String... labels) {
        this.metricName = "kubeproxy_" + name;
        this.kind = kind;
        this.sentence = sentence;
        this.labels = List.of(labels);
    }

    /** The value of the label {@code ip_family}. */
    public static String label(IpFamily family) {
        return switch (family) {
            case IPV4 -> "IPv4";
            case IPV6 -> "IPv6";
        };
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

    @Override
    public List<Double> buckets() {
        if (kind != Kind.HISTOGRAM) {
            return List.of();
        }
        return this == NETWORK_PROGRAMMING ? networkProgrammingBuckets() : doublingBuckets();
    }

    /** From 1 ms, each twice the one before. */
    private static List<Double> doublingBuckets() {
        return IntStream.range(0, BUCKETS)
                .mapToObj(power -> 0.001 * (1 << power))
                .toList();
    }

    /** Seconds up to a minute, then every 5 s, then every 30 s up to 5 minutes. */
    private static List<Double> networkProgrammingBuckets() {
        List<Double> buckets = new ArrayList<>(List.of(0.0, 0.25, 0.5));
        for (int seconds = 1; seconds <= 300; seconds += seconds < 60 ? 1 : seconds < 120 ? 5 : 30) {
            buckets.add((double) seconds);
        }
        return List.copyOf(buckets);
    }
}
