package io.fairlead.agent.config;

import io.fairlead.runtime.logging.LogSettings;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.ValueFormats;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Flags of kube-proxy about the process and the node: pages, conntrack, memory, log.
 *
 * <p>Immutable: constants.
 */
public final class NodeFlags {

    static final int HEALTH_PORT_DEFAULT = 10256;
    static final int METRICS_PORT_DEFAULT = 10249;
    static final int PAGES_PORT_DEFAULT = 10260;

    public static final Option<Path> RUN_DIR = Option.of(
                    "--run-dir", "DIR", ValueFormats.path(), "where sockets and locks live")
            .orElse("/run/fairlead");
    public static final Option<Optional<InetSocketAddress>> HEALTH = Option.of(
                    "--healthz-bind-address",
                    "ADDRESS:PORT",
                    ValueFormats.listen(HEALTH_PORT_DEFAULT),
                    "health pages; empty serves none")
            .orElse("0.0.0.0:10256");
    public static final Option<Optional<InetSocketAddress>> METRICS = Option.of(
                    "--metrics-bind-address",
                    "ADDRESS:PORT",
                    ValueFormats.listen(METRICS_PORT_DEFAULT),
                    "metrics page; empty serves none")
            .orElse("127.0.0.1:10249");
    public static final Option<Optional<InetSocketAddress>> PAGES = Option.of(
                    "--pages-bind-address",
                    "ADDRESS:PORT",
                    ValueFormats.listen(PAGES_PORT_DEFAULT),
                    "health and metrics pages once more, where no other program answers; it counts beside a"
                            + " configuration file, too")
            .orElse("");
    public static final Option<Integer> HEALTH_PORT =
            Option.of("--healthz-port", "PORT", ValueFormats.integer(0, 65535), "deprecated: 0 serves no health pages");
    public static final Option<Integer> METRICS_PORT =
            Option.of("--metrics-port", "PORT", ValueFormats.integer(0, 65535), "deprecated: 0 serves no metrics page");
    public static final Option<Boolean> BIND_HARD_FAIL =
            Option.flag("--bind-address-hard-fail", "exit if a page's address cannot be listened on");
    public static final Option<Boolean> PROFILING =
            Option.flag("--profiling", "serve profiles of this process on the metrics port");

    public static final Option<Integer> CONNTRACK_PER_CORE = Option.of(
                    "--conntrack-max-per-core",
                    "COUNT",
                    ValueFormats.integer(0, Integer.MAX_VALUE),
                    "conntrack entries per processor; 0 leaves the maximum alone")
            .orElse("32768");
    public static final Option<Integer> CONNTRACK_MIN = Option.of(
                    "--conntrack-min",
                    "COUNT",
                    ValueFormats.integer(0, Integer.MAX_VALUE),
                    "conntrack entries at least, if the maximum is set")
            .orElse("131072");
    public static final Option<Duration> TCP_ESTABLISHED =
            timeout("--conntrack-tcp-timeout-established", "24h", "of idle TCP connections");
    public static final Option<Duration> TCP_CLOSE_WAIT =
            timeout("--conntrack-tcp-timeout-close-wait", "1h", "of half-closed TCP connections");
    public static final Option<Boolean> TCP_BE_LIBERAL =
            Option.flag("--conntrack-tcp-be-liberal", "let conntrack accept TCP packets out of the window");
    public static final Option<Duration> UDP = timeout("--conntrack-udp-timeout", "0s", "of unanswered UDP flows");
    public static final Option<Duration> UDP_STREAM =
            timeout("--conntrack-udp-timeout-stream", "0s", "of answered UDP flows");
    public static final Option<Integer> OOM_SCORE = Option.of(
                    "--oom-score-adj",
                    "SCORE",
                    ValueFormats.integer(-1000, 1000),
                    "how unlikely the kernel ends this process when memory runs out")
            .orElse("-999");

    public static final Option<LogSettings.Verbosity> LOG_LEVEL = Option.of(
                    "--log-level", "LEVEL", ValueFormats.oneOf(LogSettings.Verbosity.class), "how much is logged")
            .orElse("info");
    public static final Option<LogSettings.Format> LOG_FORMAT = Option.of(
                    "--log-format", "FORMAT", FlagFormats.logFormat(), "lines for people or JSON")
            .alias("--logging-format")
            .orElse("plain");
    public static final Option<Integer> VERBOSITY = Option.of(
                    "--v", "NUMBER", ValueFormats.integer(0, Integer.MAX_VALUE), "4 and more is --log-level debug")
            .alias("-v")
            .orElse("0");

    private NodeFlags() {}

    private static Option<Duration> timeout(String name, String preset, String what) {
        return Option.of(name, "TIME", FlagFormats.period(), "conntrack's time-out " + what + "; 0 leaves it alone")
                .orElse(preset);
    }
}
