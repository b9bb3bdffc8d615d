package io.fairlead.agent;

import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.AgentPolicy.PodDetection;
import io.fairlead.agent.plan.NodePortAddresses;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.runtime.logging.LogSettings;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.ValueFormats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The command line of {@code fairlead proxy}. Names are kube-proxy's where it has the option.
 *
 * <p>Immutable: constants and pure functions.
 */
public final class AgentOptions {

    /** Data planes that can be asked for. */
    public enum Mode {
        AUTO,
        EBPF,
        NFTABLES,
        IPTABLES,
        IPVS
    }

    /** Values of {@code --detect-local-mode}, spelled as kube-proxy does. */
    enum DetectMode {
        CLUSTER_CIDR,
        NODE_CIDR,
        BRIDGE_INTERFACE,
        INTERFACE_NAME_PREFIX
    }

    private static final int INTERFACE_NAME_MAX = 15;

    static final Option<Path> MANIFESTS = Option.of(
            "--manifests", "DIR", ValueFormats.path(), "take the cluster from a directory of YAML and JSON manifests");
    static final Option<Path> KUBECONFIG = Option.of(
            "--kubeconfig",
            "FILE",
            ValueFormats.path(),
            "how to reach the API server (default: in-cluster, then ~/.kube/config)");
    static final Option<String> NODE_NAME = Option.of(
                    "--node-name",
                    "NAME",
                    ValueFormats.text(),
                    "name of this node's Node object (default: the host name)")
            .alias("--hostname-override");
    static final Option<Path> RUN_DIR = Option.of(
                    "--run-dir", "DIR", ValueFormats.path(), "where sockets and locks live")
            .orElse("/run/fairlead");
    static final Option<Mode> MODE = Option.of(
                    "--mode",
                    "MODE",
                    ValueFormats.oneOf(Mode.class),
                    "data plane; auto takes the best one this kernel has")
            .alias("--proxy-mode")
            .orElse("auto");
    static final Option<DetectMode> DETECT_MODE = Option.of(
                    "--detect-local-mode",
                    "MODE",
                    ValueFormats.oneOf(Map.of(
                            "ClusterCIDR", DetectMode.CLUSTER_CIDR,
                            "NodeCIDR", DetectMode.NODE_CIDR,
                            "BridgeInterface", DetectMode.BRIDGE_INTERFACE,
                            "InterfaceNamePrefix", DetectMode.INTERFACE_NAME_PREFIX)),
                    "how local pods are told from other clients")
            .orElse("ClusterCIDR");
    static final Option<List<IpPrefix>> CLUSTER_CIDR = Option.list(
            "--cluster-cidr",
            "CIDR",
            ValueFormats.of("a CIDR", IpPrefix::parse),
            "the cluster's pod ranges, one per family");
    static final Option<String> POD_BRIDGE = Option.of(
            "--pod-bridge-interface",
            "NAME",
            ValueFormats.text(),
            "bridge that pods are attached to, for BridgeInterface");
    static final Option<String> POD_PREFIX = Option.of(
            "--pod-interface-name-prefix",
            "PREFIX",
            ValueFormats.text(),
            "how pods' interface names start, for InterfaceNamePrefix");
    static final Option<Boolean> MASQUERADE_ALL = Option.flag("--masquerade-all", "masquerade all ClusterIP traffic");
    static final Option<Integer> MASQUERADE_BIT = Option.of(
                    "--masquerade-bit",
                    "BIT",
                    ValueFormats.integer(0, 31),
                    "bit of the packet mark that asks for masquerading")
            .alias("--iptables-masquerade-bit")
            .orElse("14");
    static final Option<Boolean> EXTERNAL_IPS =
            Option.flag("--external-ips", "honour spec.externalIPs of Services").orElse("true");
    static final Option<List<String>> NODE_PORT_ADDRESSES = Option.list(
            "--nodeport-addresses",
            "ADDRESS",
            ValueFormats.of("primary, localhost, all, or a CIDR", text -> {
                NodePortAddresses.parse(List.of(text));
                return text;
            }),
            "where NodePorts are served (default: primary addresses and loopback)");
    static final Option<Optional<InetSocketAddress>> HEALTH = Option.of(
                    "--healthz-bind-address",
                    "ADDRESS:PORT",
                    ValueFormats.of("ADDRESS:PORT or nothing", AgentOptions::bindAddress),
                    "health pages; empty serves none")
            .orElse("0.0.0.0:10256");
    static final Option<Optional<InetSocketAddress>> METRICS = Option.of(
                    "--metrics-bind-address",
                    "ADDRESS:PORT",
                    ValueFormats.of("ADDRESS:PORT or nothing", AgentOptions::bindAddress),
                    "metrics page; empty serves none")
            .orElse("127.0.0.1:10249");
    static final Option<Duration> MIN_SYNC = Option.of(
                    "--min-sync-period",
                    "TIME",
                    ValueFormats.duration(Duration.ZERO, Duration.ofMinutes(5)),
                    "least time between the starts of two syncs")
            .orElse("10ms");
    static final Option<Duration> MAX_SYNC = Option.of(
                    "--sync-period",
                    "TIME",
                    ValueFormats.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
                    "most time between two comparisons of everything with the kernel")
            .orElse("1h");
    static final Option<Boolean> ONCE = Option.flag("--once", "sync once, print what changed, and exit");
    static final Option<Boolean> DRY_RUN =
            Option.flag("--dry-run", "print the plan and the rules, touch nothing; needs no privileges");
    static final Option<LogSettings.Verbosity> LOG_LEVEL = Option.of(
                    "--log-level", "LEVEL", ValueFormats.oneOf(LogSettings.Verbosity.class), "how much is logged")
            .orElse("info");
    static final Option<LogSettings.Format> LOG_FORMAT = Option.of(
                    "--log-format", "FORMAT", ValueFormats.oneOf(LogSettings.Format.class), "lines for people or JSON")
            .orElse("plain");

    private AgentOptions() {}

    static Command command() {
        return Command.of("proxy", "run the node agent: Services of the cluster in this node's kernel")
                .with(
                        MANIFESTS,
                        KUBECONFIG,
                        NODE_NAME,
                        RUN_DIR,
                        MODE,
                        DETECT_MODE,
                        CLUSTER_CIDR,
                        POD_BRIDGE,
                        POD_PREFIX)
                .with(MASQUERADE_ALL, MASQUERADE_BIT, EXTERNAL_IPS, NODE_PORT_ADDRESSES, HEALTH, METRICS)
                .with(MIN_SYNC, MAX_SYNC, ONCE, DRY_RUN, LOG_LEVEL, LOG_FORMAT)
                .check(List.of(MANIFESTS, KUBECONFIG), AgentOptions::oneSource)
                .check(List.of(MANIFESTS), AgentOptions::manifestsExist)
                .check(List.of(DETECT_MODE, POD_BRIDGE, POD_PREFIX), AgentOptions::detectionComplete)
                .check(List.of(CLUSTER_CIDR), AgentOptions::oneRangePerFamily)
                .check(List.of(MIN_SYNC, MAX_SYNC), AgentOptions::periodsFit)
                .example(
                        "fairlead proxy --manifests ./cluster --node-name node-1 --cluster-cidr 10.0.0.0/8",
                        "fairlead proxy --manifests ./cluster --node-name node-1 --dry-run");
    }

    private static Optional<String> oneSource(Arguments arguments) {
        boolean both = arguments.isGiven(MANIFESTS) && arguments.isGiven(KUBECONFIG);
        return both ? Optional.of("--manifests and --kubeconfig: give one of the two") : Optional.empty();
    }

    private static Optional<String> manifestsExist(Arguments arguments) {
        return arguments
                .find(MANIFESTS)
                .filter(directory -> !Files.isDirectory(directory))
                .map(directory -> "--manifests: " + directory + " is not a directory");
    }

    private static Optional<String> detectionComplete(Arguments arguments) {
        return switch (arguments.value(DETECT_MODE)) {
            case BRIDGE_INTERFACE -> interfaceName(arguments, POD_BRIDGE);
            case INTERFACE_NAME_PREFIX -> interfaceName(arguments, POD_PREFIX);
            case CLUSTER_CIDR, NODE_CIDR -> Optional.empty();
        };
    }

    private static Optional<String> interfaceName(Arguments arguments, Option<String> option) {
        String name = arguments.find(option).orElse("");
        return name.isEmpty() || name.length() > INTERFACE_NAME_MAX
                ? Optional.of(option.title() + ": this --detect-local-mode needs a name of 1 to 15 characters")
                : Optional.empty();
    }

    private static Optional<String> oneRangePerFamily(Arguments arguments) {
        for (IpFamily family : IpFamily.values()) {
            long count = arguments.value(CLUSTER_CIDR).stream()
                    .filter(range -> range.family() == family)
                    .count();
            if (count > 1) {
                return Optional.of("--cluster-cidr: at most one CIDR per family");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> periodsFit(Arguments arguments) {
        return arguments.value(MIN_SYNC).compareTo(arguments.value(MAX_SYNC)) > 0
                ? Optional.of("--min-sync-period is longer than --sync-period")
                : Optional.empty();
    }

    /** The policy that a command line asks for. */
    static AgentPolicy policy(Arguments arguments) {
        PodDetection detection = switch (arguments.value(DETECT_MODE)) {
            case CLUSTER_CIDR -> new PodDetection.ClusterCidr(arguments.value(CLUSTER_CIDR));
            case NODE_CIDR -> new PodDetection.NodeCidr();
            case BRIDGE_INTERFACE -> new PodDetection.BridgeInterface(arguments.value(POD_BRIDGE));
            case INTERFACE_NAME_PREFIX -> new PodDetection.InterfaceNamePrefix(arguments.value(POD_PREFIX));
        };
        return new AgentPolicy(
                nodeName(arguments),
                detection,
                arguments.value(MASQUERADE_ALL),
                arguments.value(MASQUERADE_BIT),
                arguments.value(EXTERNAL_IPS),
                NodePortAddresses.parse(arguments.value(NODE_PORT_ADDRESSES)));
    }

    private static String nodeName(Arguments arguments) {
        return arguments
                .find(NODE_NAME)
                .orElseGet(AgentOptions::hostName)
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code address:port} or {@code [address]:port}; names are not resolved. */
    private static Optional<InetSocketAddress> bindAddress(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("no port in '" + text + "'");
        }
        String address = text.substring(0, colon).replace("[", "").replace("]", "");
        int port = Integer.parseInt(text.substring(colon + 1));
        return Optional.of(new InetSocketAddress(literal(address), port));
    }

    private static InetAddress literal(String address) {
        try {
            return InetAddress.getByAddress(IpAddress.parse(address).toBytes());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an address: " + address, e);
        }
    }
}
