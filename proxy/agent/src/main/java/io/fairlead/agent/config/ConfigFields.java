package io.fairlead.agent.config;

import io.fairlead.agent.config.ConfigField.Flagged;
import io.fairlead.agent.config.ConfigField.Unused;
import io.fairlead.runtime.options.Option;
import java.util.List;
import java.util.Set;

/**
 * Every field of KubeProxyConfiguration, in the order in which it is written.
 *
 * <p>Immutable: constants.
 */
final class ConfigFields {

    static final String API_VERSION = "kubeproxy.config.k8s.io/v1alpha1";
    static final String KIND = "KubeProxyConfiguration";

    static final List<ConfigField> ALL = List.of(
            flagged("featureGates", Shape.SWITCHES, UnusedFlags.FEATURE_GATES),
            flagged("clientConnection.kubeconfig", Shape.TEXT, RoutingFlags.KUBECONFIG),
            unused("clientConnection.acceptContentTypes", Shape.TEXT, "\"\""),
            flagged("clientConnection.contentType", Shape.TEXT, UnusedFlags.CONTENT_TYPE),
            flagged("clientConnection.qps", Shape.DECIMAL, UnusedFlags.QPS),
            flagged("clientConnection.burst", Shape.DECIMAL, UnusedFlags.BURST),
            flagged("logging.format", Shape.TEXT, NodeFlags.LOG_FORMAT),
            flagged("logging.flushFrequency", Shape.SCALAR, UnusedFlags.FLUSH),
            flagged("logging.verbosity", Shape.WHOLE, NodeFlags.VERBOSITY),
            unused("logging.vmodule", Shape.ANY, "[]"),
            flagged("logging.options.text.splitStream", Shape.FLAG, UnusedFlags.TEXT_SPLIT),
            flagged("logging.options.text.infoBufferSize", Shape.SCALAR, UnusedFlags.TEXT_BUFFER),
            flagged("logging.options.json.splitStream", Shape.FLAG, UnusedFlags.JSON_SPLIT),
            flagged("logging.options.json.infoBufferSize", Shape.SCALAR, UnusedFlags.JSON_BUFFER),
            flagged("hostnameOverride", Shape.TEXT, RoutingFlags.NODE_NAME),
            flagged("bindAddress", Shape.TEXT, RoutingFlags.BIND_ADDRESS),
            flagged("healthzBindAddress", Shape.TEXT, NodeFlags.HEALTH),
            flagged("metricsBindAddress", Shape.TEXT, NodeFlags.METRICS),
            flagged("bindAddressHardFail", Shape.FLAG, NodeFlags.BIND_HARD_FAIL),
            flagged("enableProfiling", Shape.FLAG, NodeFlags.PROFILING),
            flagged("showHiddenMetricsForVersion", Shape.TEXT, UnusedFlags.HIDDEN_METRICS),
            flagged("mode", Shape.TEXT, RoutingFlags.MODE),
            flagged("iptables.masqueradeBit", Shape.WHOLE, RoutingFlags.MASQUERADE_BIT),
            flagged("iptables.masqueradeAll", Shape.FLAG, RoutingFlags.MASQUERADE_ALL),
            flagged("iptables.localhostNodePorts", Shape.FLAG, RoutingFlags.LOCALHOST_NODE_PORTS),
            flagged("iptables.syncPeriod", Shape.PERIOD, UnusedFlags.IPTABLES_SYNC),
            flagged("iptables.minSyncPeriod", Shape.PERIOD, RoutingFlags.MIN_SYNC),
            flagged("ipvs.syncPeriod", Shape.PERIOD, UnusedFlags.IPVS_SYNC),
            flagged("ipvs.minSyncPeriod", Shape.PERIOD, RoutingFlags.MIN_SYNC),
            flagged("ipvs.scheduler", Shape.TEXT, IpvsFlags.SCHEDULER),
            flagged("ipvs.excludeCIDRs", Shape.TEXTS, IpvsFlags.EXCLUDE_CIDRS),
            flagged("ipvs.strictARP", Shape.FLAG, IpvsFlags.STRICT_ARP),
            flagged("ipvs.tcpTimeout", Shape.DURATION, IpvsFlags.TCP),
            flagged("ipvs.tcpFinTimeout", Shape.DURATION, IpvsFlags.TCP_FIN),
            flagged("ipvs.udpTimeout", Shape.DURATION, IpvsFlags.UDP),
            flagged("nftables.masqueradeBit", Shape.WHOLE, RoutingFlags.MASQUERADE_BIT),
            flagged("nftables.masqueradeAll", Shape.FLAG, RoutingFlags.MASQUERADE_ALL),
            flagged("nftables.syncPeriod", Shape.PERIOD, UnusedFlags.IPTABLES_SYNC),
            flagged("nftables.minSyncPeriod", Shape.PERIOD, RoutingFlags.MIN_SYNC),
            unused("winkernel.networkName", Shape.TEXT, "\"\""),
            unused("winkernel.sourceVip", Shape.TEXT, "\"\""),
            unused("winkernel.enableDSR", Shape.FLAG, "false"),
            unused("winkernel.rootHnsEndpointName", Shape.TEXT, "\"\""),
            unused("winkernel.forwardHealthCheckVip", Shape.FLAG, "false"),
            flagged("detectLocalMode", Shape.TEXT, RoutingFlags.DETECT_MODE),
            flagged("detectLocal.bridgeInterface", Shape.TEXT, RoutingFlags.POD_BRIDGE),
            flagged("detectLocal.interfaceNamePrefix", Shape.TEXT, RoutingFlags.POD_PREFIX),
            flagged("clusterCIDR", Shape.TEXT, RoutingFlags.CLUSTER_CIDR),
            flagged("nodePortAddresses", Shape.TEXTS, RoutingFlags.NODE_PORT_ADDRESSES),
            flagged("oomScoreAdj", Shape.WHOLE, NodeFlags.OOM_SCORE),
            flagged("conntrack.maxPerCore", Shape.WHOLE, NodeFlags.CONNTRACK_PER_CORE),
            flagged("conntrack.min", Shape.WHOLE, NodeFlags.CONNTRACK_MIN),
            flagged("conntrack.tcpEstablishedTimeout", Shape.DURATION, NodeFlags.TCP_ESTABLISHED),
            flagged("conntrack.tcpCloseWaitTimeout", Shape.DURATION, NodeFlags.TCP_CLOSE_WAIT),
            flagged("conntrack.tcpBeLiberal", Shape.FLAG, NodeFlags.TCP_BE_LIBERAL),
            flagged("conntrack.udpTimeout", Shape.DURATION, NodeFlags.UDP),
            flagged("conntrack.udpStreamTimeout", Shape.DURATION, NodeFlags.UDP_STREAM),
            flagged("configSyncPeriod", Shape.PERIOD, UnusedFlags.CONFIG_SYNC),
            unused("portRange", Shape.TEXT, "\"\""),
            unused("windowsRunAsService", Shape.FLAG, "false"));

    /** Flags that count beside a file, as for kube-proxy: the name of the node and the log. */
    static final Set<Option<?>> FLAG_WINS = Set.of(
            RoutingFlags.NODE_NAME,
            NodeFlags.LOG_FORMAT,
            NodeFlags.VERBOSITY,
            UnusedFlags.FLUSH,
            UnusedFlags.TEXT_SPLIT,
            UnusedFlags.TEXT_BUFFER,
            UnusedFlags.JSON_SPLIT,
            UnusedFlags.JSON_BUFFER);

    private ConfigFields() {}

    private static ConfigField flagged(String path, Shape shape, Option<?> option) {
        return new Flagged(path, shape, option);
    }

    private static ConfigField unused(String path, Shape shape, String preset) {
        return new Unused(path, shape, preset);
    }

    /**
     * Whether the field counts in this mode: periods come from the mode's own section, marks from that of nftables or
     * else of iptables (kube-proxy's conversion of v1alpha1).
     */
    static boolean counts(String path, ProxyMode mode) {
        String section = path.substring(0, Math.max(path.indexOf('.'), 0));
        boolean period = path.endsWith(".syncPeriod") || path.endsWith(".minSyncPeriod");
        boolean mark = path.endsWith(".masqueradeBit") || path.endsWith(".masqueradeAll");
        if (period) {
            return section.equals(mode.section());
        }
        return !mark || section.equals(mode == ProxyMode.NFTABLES ? "nftables" : "iptables");
    }
}
