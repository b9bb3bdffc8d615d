package io.fairlead.agent.config;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.ValueFormats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Flags of kube-proxy that decide where traffic goes.
 *
 * <p>Immutable: constants.
 */
public final class RoutingFlags {

    public static final Option<Path> CONFIG = Option.of(
            "--config",
            "FILE",
            ValueFormats.path(),
            "kube-proxy's configuration file; it decides, and most flags do not");
    public static final Option<Path> WRITE_CONFIG =
            Option.of("--write-config-to", "FILE", ValueFormats.path(), "write what would be in force, and exit");
    public static final Option<Path> KUBECONFIG = Option.of(
            "--kubeconfig",
            "FILE",
            ValueFormats.path(),
            "how to reach the API server (default: in-cluster, then ~/.kube/config)");
    public static final Option<List<String>> MASTER = Option.list(
            "--master",
            "URL,...",
            FlagFormats.server(),
            "API servers to use instead of the kubeconfig's; the next one is asked when one does not answer");
    public static final Option<String> NODE_NAME = Option.of(
                    "--node-name",
                    "NAME",
                    ValueFormats.text(),
                    "name of this node's Node object (default: the host name)")
            .alias("--hostname-override");
    /** The mode in force, under kube-proxy's name. */
    public static final Option<ProxyMode> MODE = Option.of(
                    "--proxy-mode", "MODE", FlagFormats.mode(), "--mode by kube-proxy's name, which a file replaces")
            .orElse("auto");
    /** What is asked for beside a file; {@link FlagMerge} makes it the mode in force. */
    public static final Option<ProxyMode> OWN_MODE = Option.of(
            "--mode",
            "MODE",
            FlagFormats.mode(),
            "data plane, whatever --config says; auto takes the best one this kernel has");

    public static final Option<LocalMode> DETECT_MODE = Option.of(
                    "--detect-local-mode",
                    "MODE",
                    FlagFormats.localMode(),
                    "how local pods are told from other clients")
            .orElse("ClusterCIDR");
    public static final Option<List<IpPrefix>> CLUSTER_CIDR =
            Option.list("--cluster-cidr", "CIDR", FlagFormats.range(), "the cluster's pod ranges, one per family");
    public static final Option<String> POD_BRIDGE = Option.of(
            "--pod-bridge-interface",
            "NAME",
            FlagFormats.anyText(),
            "bridge that pods are attached to, for BridgeInterface");
    public static final Option<String> POD_PREFIX = Option.of(
            "--pod-interface-name-prefix",
            "PREFIX",
            FlagFormats.anyText(),
            "how pods' interface names start, for InterfaceNamePrefix");
    public static final Option<IpAddress> BIND_ADDRESS = Option.of(
                    "--bind-address",
                    "ADDRESS",
                    FlagFormats.address(),
                    "this node's primary address; unspecified takes the Node object's")
            .orElse("0.0.0.0");
    public static final Option<Boolean> MASQUERADE_ALL =
            Option.flag("--masquerade-all", "masquerade all ClusterIP traffic");
    public static final Option<Integer> MASQUERADE_BIT = Option.of(
                    "--masquerade-bit",
                    "BIT",
                    ValueFormats.integer(0, 31),
                    "bit of the packet mark that asks for masquerading")
            .alias("--iptables-masquerade-bit")
            .orElse("14");
    public static final Option<List<String>> NODE_PORT_ADDRESSES = Option.list(
            "--nodeport-addresses",
            "ADDRESS",
            FlagFormats.nodePortAddress(),
            "where NodePorts are served (default: primary addresses and loopback)");
    public static final Option<Boolean> LOCALHOST_NODE_PORTS = Option.flag(
                    "--iptables-localhost-nodeports", "serve NodePorts on loopback when no addresses are listed")
            .orElse("true");
    public static final Option<Duration> MIN_SYNC = Option.of(
                    "--min-sync-period",
                    "TIME",
                    ValueFormats.duration(Duration.ZERO, Duration.ofHours(1)),
                    "least time between the starts of two syncs")
            .orElse("10ms");
    public static final Option<Duration> IPTABLES_MIN_SYNC = Option.of(
            "--iptables-min-sync-period", "TIME", MIN_SYNC.format(), "--min-sync-period, unless the mode is ipvs");
    public static final Option<Duration> IPVS_MIN_SYNC =
            Option.of("--ipvs-min-sync-period", "TIME", MIN_SYNC.format(), "--min-sync-period, if the mode is ipvs");

    private RoutingFlags() {}
}
