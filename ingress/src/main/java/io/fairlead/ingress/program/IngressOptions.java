package io.fairlead.ingress.program;

import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.ingress.proxy.Transport;
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
 * The command line of {@code fairlead ingress}.
 *
 * <p>Immutable: constants and pure functions.
 */
final class IngressOptions {

    /** The command's name. */
    static final String INGRESS = "ingress";

    private static final int PORT_HTTP = 80;
    private static final int PORT_HTTPS = 443;
    private static final int PORT_PAGES = 10254;

    static final Option<Path> MANIFESTS = Option.of(
            "--manifests", "DIR", ValueFormats.path(), "take the cluster from a directory of YAML and JSON manifests");
    static final Option<Path> STATUS_DIR = Option.of(
            "--status-dir",
            "DIR",
            ValueFormats.path(),
            "with --manifests: write there, as YAML, what else would be written to the API, such as Events");
    static final Option<Path> KUBECONFIG = Option.of(
            "--kubeconfig", "FILE", ValueFormats.path(), "how to reach the API server; inside a cluster not needed");
    static final Option<String> NODE_NAME = Option.of(
            "--node-name", "NAME", ValueFormats.text(), "the node that it runs on; its addresses are no destinations");
    static final Option<Optional<InetSocketAddress>> HTTP = Option.of(
                    "--http-address", "ADDRESS:PORT", ValueFormats.listen(PORT_HTTP), "HTTP; empty serves none")
            .orElse("0.0.0.0:80");
    static final Option<Optional<InetSocketAddress>> HTTPS = Option.of(
                    "--https-address", "ADDRESS:PORT", ValueFormats.listen(PORT_HTTPS), "HTTPS; empty serves none")
            .orElse("0.0.0.0:443");
    static final Option<Boolean> PROXY_PROTOCOL = Option.flag(
            "--proxy-protocol", "expect the header of the PROXY protocol, version 1 or 2, on each connection");
    static final Option<Optional<InetSocketAddress>> PAGES = Option.of(
                    "--pages-address",
                    "ADDRESS:PORT",
                    ValueFormats.listen(PORT_PAGES),
                    "/healthz, /readyz and /metrics; empty serves none")
            .orElse("0.0.0.0:10254");
    static final Option<Transport> TRANSPORT = Option.of(
                    "--transport", "NAME", ValueFormats.oneOf(Transport.class), "how sockets are waited for")
            .orElse("epoll");
    static final Option<Integer> LOOPS =
            Option.of("--loops", "N", ValueFormats.integer(1, 256), "event loops; one for each processor unless given");
    static final Option<String> CLASS = Option.of(
                    "--ingress-class",
                    "NAME",
                    ValueFormats.text(),
                    "value of the annotation kubernetes.io/ingress.class that means this one")
            .orElse("fairlead");
    static final Option<Boolean> WITHOUT_CLASS =
            Option.flag("--watch-ingress-without-class", "serve Ingresses that name no class");
    static final Option<String> DEFAULT_BACKEND = Option.of(
            "--default-backend",
            "NAMESPACE/SERVICE:PORT",
            ValueFormats.of("NAMESPACE/SERVICE:PORT", IngressOptions::checkBackend),
            "who gets requests that no route is for; 404 unless given");
    static final Option<List<IpPrefix>> ALLOWED = Option.list(
            "--allow-destination",
            "CIDR",
            ValueFormats.of("a CIDR", IpPrefix::parse),
            "addresses that endpoints may have although they are the node's own, loopback or link-local");
    static final Option<Integer> METRICS_MAX = Option.of(
                    "--metrics-labels-max",
                    "N",
                    ValueFormats.integer(1, 100_000),
                    "Ingresses and Services that requests are counted by; those beyond are counted together")
            .orElse("1000");
    static final Option<Duration> DRAIN = Option.of(
                    "--drain-time",
                    "TIME",
                    ValueFormats.duration(Duration.ZERO, Duration.ofHours(1)),
                    "how long connections may go on after a signal to stop")
            .orElse("30s");
    static final Option<LogSettings.Verbosity> LOG_LEVEL = Option.of(
                    "--log-level",
                    "LEVEL",
                    ValueFormats.oneOf(LogSettings.Verbosity.class),
                    "least severity that is logged")
            .orElse("info");
    static final Option<LogSettings.Format> LOG_FORMAT = Option.of(
                    "--log-format", "FORMAT", ValueFormats.oneOf(LogSettings.Format.class), "form of the log")
            .orElse("plain");

    private IngressOptions() {}

    static Command command() {
        return Command.of(INGRESS, "run the ingress: HTTP from outside to the Pods of the cluster")
                .with(MANIFESTS, KUBECONFIG, STATUS_DIR, NODE_NAME)
                .with(HTTP, HTTPS, PROXY_PROTOCOL, PAGES, TRANSPORT, LOOPS)
                .with(CLASS, WITHOUT_CLASS, DEFAULT_BACKEND, ALLOWED, METRICS_MAX, DRAIN)
                .with(LOG_LEVEL, LOG_FORMAT)
                .check(List.of(MANIFESTS, KUBECONFIG), IngressOptions::oneSource)
                .check(List.of(MANIFESTS), IngressOptions::manifestsExist)
                .example("fairlead ingress --manifests ./cluster --http-address 127.0.0.1:8080 --https-address=");
    }

    private static Optional<String> oneSource(Arguments arguments) {
        return arguments.isGiven(MANIFESTS) && arguments.isGiven(KUBECONFIG)
                ? Optional.of("--manifests and --kubeconfig: give one of the two")
                : Optional.empty();
    }

    private static Optional<String> manifestsExist(Arguments arguments) {
        return arguments
                .find(MANIFESTS)
                .filter(directory -> !Files.isDirectory(directory))
                .map(directory -> "--manifests: " + directory + " is not a directory");
    }

    private static String checkBackend(String text) {
        if (!text.matches("[a-z0-9-]+/[a-z0-9-]+:([0-9]{1,5}|[a-z0-9-]{1,15})")) {
            throw new IllegalArgumentException();
        }
        return text;
    }
}
