package io.fairlead.agent;

import io.fairlead.agent.config.FlagMerge;
import io.fairlead.agent.config.IpvsFlags;
import io.fairlead.agent.config.IpvsScheduler;
import io.fairlead.agent.config.NodeFlags;
import io.fairlead.agent.config.PolicyFlags;
import io.fairlead.agent.config.ProxyMode;
import io.fairlead.agent.config.RoutingFlags;
import io.fairlead.agent.config.UnusedFlags;
import io.fairlead.agent.dataplane.ipvs.IpvsOptions;
import io.fairlead.agent.mode.ModeOptions;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.cluster.api.KubernetesAccess;
import io.fairlead.cluster.input.ClusterInput;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.runtime.logging.LogSettings;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.ValueFormats;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The command line of {@code fairlead proxy}. Names are kube-proxy's where it has the option.
 *
 * <p>Immutable: constants and pure functions.
 */
public final class AgentOptions {

    /** The command's name. */
    static final String PROXY = "proxy";

    static final Option<Path> MANIFESTS = Option.of(
            "--manifests", "DIR", ValueFormats.path(), "take the cluster from a directory of YAML and JSON manifests");
    static final Option<Path> STATUS_DIR = Option.of(
            "--status-dir",
            "DIR",
            ValueFormats.path(),
            "with --manifests: write there, as YAML, what else would be written to the API, such as Events");
    static final Option<Path> KUBECONFIG = RoutingFlags.KUBECONFIG;
    static final Option<Path> RUN_DIR = NodeFlags.RUN_DIR;
    static final Option<ProxyMode> MODE = RoutingFlags.MODE;
    static final Option<Optional<InetSocketAddress>> HEALTH = NodeFlags.HEALTH;
    static final Option<Optional<InetSocketAddress>> METRICS = NodeFlags.METRICS;
    static final Option<Optional<InetSocketAddress>> PAGES = NodeFlags.PAGES;
    static final Option<Duration> MIN_SYNC = RoutingFlags.MIN_SYNC;
    static final Option<Duration> MAX_SYNC = Option.of(
                    "--sync-period",
                    "TIME",
                    ValueFormats.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
                    "most time between two comparisons of everything with the kernel")
            .orElse("1h");
    static final Option<Boolean> INIT_ONLY =
            Option.flag("--init-only", "do what needs the full rights of root, and exit");
    static final Option<Boolean> CLEANUP =
            Option.flag("--cleanup", "remove what Fairlead put into the kernel, as 'fairlead cleanup' does, and exit");
    static final Option<Boolean> CLEANUP_KUBE_PROXY = Option.flag(
            "--cleanup-kube-proxy", "remove what kube-proxy left on this node as soon as it no longer runs");
    static final Option<Boolean> HAND_BACK = Option.flag(
            "--hand-back",
            "when stopped while kube-proxy runs here and has its rules in place, remove Fairlead's, so that it decides");
    static final Option<Boolean> VERSION = Option.flag("--version", "print the version, and exit");
    static final Option<Boolean> ONCE = Option.flag("--once", "sync once, print what changed, and exit");
    static final Option<Boolean> DRY_RUN =
            Option.flag("--dry-run", "print the plan and the rules, touch nothing; needs no privileges");
    static final Option<LogSettings.Verbosity> LOG_LEVEL = NodeFlags.LOG_LEVEL;
    static final Option<LogSettings.Format> LOG_FORMAT = NodeFlags.LOG_FORMAT;

    private AgentOptions() {}

    static Command command() {
        Command command = Command.of(PROXY, "run the node agent: Services of the cluster in this node's kernel")
                .with(
                        MANIFESTS,
                        KUBECONFIG,
                        RoutingFlags.MASTER,
                        RoutingFlags.CONFIG,
                        RoutingFlags.WRITE_CONFIG,
                        RoutingFlags.NODE_NAME,
                        RUN_DIR,
                        STATUS_DIR,
                        RoutingFlags.OWN_MODE,
                        MODE)
                .with(
                        RoutingFlags.DETECT_MODE,
                        RoutingFlags.CLUSTER_CIDR,
                        RoutingFlags.POD_BRIDGE,
                        RoutingFlags.POD_PREFIX,
                        RoutingFlags.BIND_ADDRESS)
                .with(
                        RoutingFlags.MASQUERADE_ALL,
                        RoutingFlags.MASQUERADE_BIT,
                        PolicyFlags.EXTERNAL_IPS,
                        RoutingFlags.NODE_PORT_ADDRESSES,
                        RoutingFlags.LOCALHOST_NODE_PORTS)
                .with(HEALTH, METRICS, PAGES, NodeFlags.BIND_HARD_FAIL, NodeFlags.HEALTH_PORT, NodeFlags.METRICS_PORT)
                .with(MIN_SYNC, RoutingFlags.IPTABLES_MIN_SYNC, RoutingFlags.IPVS_MIN_SYNC, MAX_SYNC)
                .with(NodeFlags.CONNTRACK_PER_CORE, NodeFlags.CONNTRACK_MIN, NodeFlags.TCP_ESTABLISHED)
                .with(NodeFlags.TCP_CLOSE_WAIT, NodeFlags.TCP_BE_LIBERAL, NodeFlags.UDP, NodeFlags.UDP_STREAM)
                .with(NodeFlags.OOM_SCORE, INIT_ONLY, CLEANUP, CLEANUP_KUBE_PROXY, HAND_BACK, ONCE, DRY_RUN, VERSION)
                .with(LOG_LEVEL, LOG_FORMAT, NodeFlags.VERBOSITY, NodeFlags.PROFILING)
                .with(IpvsFlags.ALL.toArray(Option<?>[]::new))
                .with(UnusedFlags.ALL.toArray(Option<?>[]::new))
                .resolve(FlagMerge::resolve)
                .check(List.of(MANIFESTS, KUBECONFIG, RoutingFlags.CONFIG), AgentOptions::oneSource)
                .check(List.of(MANIFESTS), AgentOptions::manifestsExist)
                .check(List.of(MIN_SYNC, MAX_SYNC), AgentOptions::periodsFit)
                .example(
                        "fairlead proxy --manifests ./cluster --node-name node-1 --cluster-cidr 10.0.0.0/8",
                        "fairlead proxy --manifests ./cluster --node-name node-1 --dry-run");
        return PolicyFlags.check(command);
    }

    private static Optional<String> oneSource(Arguments arguments) {
        // An unmodified configuration file names a kubeconfig; manifests are then a wish of their own.
        boolean both = arguments.isGiven(MANIFESTS)
                && arguments.isGiven(KUBECONFIG)
                && !arguments.isGiven(RoutingFlags.CONFIG);
        return both ? Optional.of("--manifests and --kubeconfig: give one of the two") : Optional.empty();
    }

    private static Optional<String> manifestsExist(Arguments arguments) {
        return arguments
                .find(MANIFESTS)
                .filter(directory -> !Files.isDirectory(directory))
                .map(directory -> "--manifests: " + directory + " is not a directory");
    }

    private static Optional<String> periodsFit(Arguments arguments) {
        return arguments.value(MIN_SYNC).compareTo(arguments.value(MAX_SYNC)) > 0
                ? Optional.of("--min-sync-period is longer than --sync-period")
                : Optional.empty();
    }

    /** What a command line asks of single modes. */
    static ModeOptions modeOptions(Arguments arguments) {
        IpvsScheduler scheduler = arguments.value(IpvsFlags.SCHEDULER);
        int flags = (scheduler.fallback() ? VirtualServer.SCHEDULER_1 : 0)
                | (scheduler.port() ? VirtualServer.SCHEDULER_2 : 0);
        return new ModeOptions(
                !arguments.value(NodeFlags.TCP_BE_LIBERAL),
                new IpvsOptions(scheduler.name(), flags, arguments.value(IpvsFlags.EXCLUDE_CIDRS)),
                arguments.value(IpvsFlags.STRICT_ARP),
                IpvsFlags.timeouts(arguments));
    }

    /** The policy that a command line asks for. */
    static AgentPolicy policy(Arguments arguments) {
        return PolicyFlags.policy(arguments);
    }

    /**
     * The cluster that a command line names.
     *
     * @throws IllegalArgumentException if there is no way to the API server, or the kubeconfig cannot be understood
     */
    static ClusterInput cluster(Arguments arguments) {
        return ClusterInput.of(arguments.find(MANIFESTS), arguments.find(STATUS_DIR), () -> access(arguments));
    }

    /** As kube-proxy does it, but that the servers of {@code --master} alone may be given a service account. */
    private static KubernetesAccess access(Arguments arguments) {
        Optional<Path> kubeconfig = arguments.find(KUBECONFIG);
        List<String> servers = arguments.value(RoutingFlags.MASTER);
        if (servers.isEmpty()) {
            return kubeconfig.map(KubernetesAccess::kubeconfig).orElseGet(KubernetesAccess::ambient);
        }
        return kubeconfig
                .map(file -> KubernetesAccess.kubeconfig(file, withScheme("https://", servers)))
                .orElseGet(() -> KubernetesAccess.servers(withScheme("http://", servers)));
    }

    private static List<String> withScheme(String scheme, List<String> servers) {
        return servers.stream()
                .map(server -> server.contains("://") ? server : scheme + server)
                .toList();
    }
}
