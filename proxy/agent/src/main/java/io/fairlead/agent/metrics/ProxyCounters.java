package io.fairlead.agent.metrics;

import io.fairlead.runtime.metrics.MetricDescriptor;
import java.util.List;

/**
 * Every metric of {@code fairlead proxy}, a sentence each.
 *
 * <p>Immutable.
 */
public enum ProxyCounters implements MetricDescriptor {
    SYNCS(
            "fairlead_syncs_total",
            Kind.COUNTER,
            "Steps of the proxy loop; result failed means that a retry is due.",
            "result"),
    SYNC_DURATION(
            "fairlead_sync_duration_seconds", Kind.HISTOGRAM, "Time that planning and programming one step took."),
    PROGRAMMING_LATENCY(
            "fairlead_programming_latency_seconds",
            Kind.HISTOGRAM,
            "Time from the arrival of a change at the proxy loop to its presence in the kernel, batching included."),
    KERNEL_TRANSACTIONS(
            "fairlead_kernel_transactions_total",
            Kind.COUNTER,
            "Transactions sent to the kernel, refused ones included."),
    KERNEL_ELEMENTS(
            "fairlead_kernel_elements_total",
            Kind.COUNTER,
            "Map and set elements added, replaced or deleted in the kernel."),
    SERVICES("fairlead_services", Kind.GAUGE, "Services that this node has a plan for."),
    FRONTENDS("fairlead_frontends", Kind.GAUGE, "Frontends that this node serves, by kind.", "kind"),
    SET_ASIDE(
            "fairlead_set_aside_objects",
            Kind.GAUGE,
            "Objects that cannot be honoured; their last good state stays in force and fairlead status names them."),
    CONTESTED(
            "fairlead_contested_frontends",
            Kind.GAUGE,
            "Addresses and ports that more than one Service claims; one of them owns each."),
    STALE_FLOWS(
            "fairlead_stale_flows_deleted_total",
            Kind.COUNTER,
            "Conntrack entries of UDP flows to backends that left."),
    STALE_FLOW_DURATION(
            "fairlead_stale_flow_cleanup_duration_seconds",
            Kind.HISTOGRAM,
            "Time that one clean-up of UDP flows took."),
    STALE_FLOW_FAILURES(
            "fairlead_stale_flow_failures_total", Kind.COUNTER, "Clean-ups of UDP flows that the kernel refused."),
    RELAY_TURNED_AWAY(
            "fairlead_loopback_relay_turned_away_total",
            Kind.COUNTER,
            "Connections to [::1] that were closed at once because the relay has too many."),
    RELAY_LISTENERS(
            "fairlead_loopback_relay_listeners", Kind.GAUGE, "NodePorts that the agent itself serves on [::1]."),
    RELAY_BIND_FAILURES(
            "fairlead_loopback_relay_bind_failures_total",
            Kind.COUNTER,
            "NodePorts on [::1] that could not be listened on, most likely because another process does."),
    HEALTH_CHECK_PORTS(
            "fairlead_health_check_ports",
            Kind.GAUGE,
            "Services whose health check node port is answered on every address where it should be."),
    HEALTH_CHECK_BIND_FAILURES(
            "fairlead_health_check_bind_failures_total",
            Kind.COUNTER,
            "Health check node ports that could not be listened on, most likely because another process does."),
    SOURCE_TROUBLE(
            "fairlead_source_trouble",
            Kind.GAUGE,
            "Kinds of the API that cannot be read at present; with manifests 1 if their directory is not there."),
    CONNTRACK_ENTRIES("fairlead_conntrack_entries", Kind.GAUGE, "Flows that this node's kernel knows."),
    CONNTRACK_ENTRIES_MAX(
            "fairlead_conntrack_entries_max",
            Kind.GAUGE,
            "Flows above which this node's kernel drops new ones; 0 if it does not say."),
    KUBE_PROXY_RUNNING("fairlead_kube_proxy_running", Kind.GAUGE, "1 if kube-proxy seems to run on this node, else 0."),
    KUBE_PROXY_TRACES(
            "fairlead_kube_proxy_traces",
            Kind.GAUGE,
            "Facilities of the kernel that hold something of kube-proxy's, running or not."),
    FORWARD_FIREWALLS(
            "fairlead_forward_firewalls",
            Kind.GAUGE,
            "Chains of other programs that drop, or may drop, what this node forwards for Services.");

    private final String metricName;
    private final Kind kind;
    private final String sentence;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> labels;

    ProxyCounters(String metricName, Kind kind, String sentence, String... labels) {
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

    @Override
    public List<Double> buckets() {
        return kind == Kind.HISTOGRAM
                ? List.of(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
                : List.of();
    }
}
