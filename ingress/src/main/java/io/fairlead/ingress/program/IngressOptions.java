package io.fairlead.ingress.program;

import io.fairlead.cluster.api.KubernetesAccess;
import io.fairlead.cluster.input.ClusterInput;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.accesslog.LogFormat;
import io.fairlead.ingress.proxy.Transport;
import io.fairlead.ingress.tls.TlsPolicy;
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
    static final Option<ObjectName> DEFAULT_CERTIFICATE = Option.of(
            "--default-certificate",
            "NAMESPACE/SECRET",
            ValueFormats.of("NAMESPACE/SECRET", ObjectName::parse),
            "whose certificate clients get that name no host that has one; generated unless given");
    static final Option<TlsPolicy> TLS_POLICY = Option.of(
                    "--tls-policy",
                    "NAME",
                    ValueFormats.oneOf(TlsPolicy.class),
                    "versions and ciphers, by the names that Mozilla gave them")
            .orElse("intermediate");
    static final Option<Boolean> REFUSE_UNKNOWN = Option.flag(
            "--tls-refuse-unknown-hosts",
            "refuse handshakes that ask for a host without certificate, instead of showing the default one");
    static final Option<Boolean> EXTERNAL_NAMES =
            Option.flag("--allow-external-names", "send requests also to what ExternalName Services name");
    static final Option<List<IpPrefix>> ALLOWED = Option.list(
            "--allow-destination",
            "CIDR",
            ValueFormats.of("a CIDR", IpPrefix::parse),
            "addresses that endpoints may have although they are the node's own, loopback or link-local");
    static final Option<List<IpPrefix>> TRUSTED = Option.list(
            "--trusted-proxies",
            "CIDR",
            ValueFormats.of("a CIDR", IpPrefix::parse),
            "proxies and load balancers in front that are believed when they say of whom a request is");
    static final Option<LogFormat> ACCESS_LOG = Option.of(
                    "--access-log",
                    "FORMAT",
                    ValueFormats.oneOf(LogFormat.class),
                    "writes a line to standard output for each request that ended")
            .orElse("none");
    static final Option<Integer> METRICS_MAX = Option.of(
                    "--metrics-labels-max",
                    "N",
                    ValueFormats.integer(1, 100_000),
                    "Ingresses and Services that requests are counted by; those beyond are counted together")
            .orElse("1000");
    static final Option<String> REVISION = Option.of(
            "--revision",
            "TEXT",
            ValueFormats.text(),
            "tells apart processes that take each other's place: /readyz?revision=TEXT asks for this one");
    static final Option<Duration> SHUTDOWN_DELAY = Option.of(
                    "--shutdown-delay",
                    "TIME",
                    ValueFormats.duration(Duration.ZERO, Duration.ofHours(1)),
                    "how long clients are still let in after a signal to stop, until load balancers know of it")
            .orElse("0s");
    static final Option<Path> RUN_DIR = Option.of(
                    "--run-dir", "DIR", ValueFormats.path(), "where sockets and locks live")
            .orElse("/run/fairlead");
    static final Option<Duration> DRAIN = Option.of(
                    "--drain-time",
                    "TIME",
                    ValueFormats.duration(Duration.ZERO, Duration.ofHours(1)),
                    "how long connections may go on after a signal to stop")
            .orElse("30s");
    static final Option<List<String>> PUBLISH_ADDRESS = Option.list(
            "--publish-address",
            "ADDRESS",
            ValueFormats.of("an IP address or a DNS name", IngressOptions::publishable),
            "where clients reach the ingress, for the status of Ingresses");
    static final Option<ObjectName> PUBLISH_SERVICE = Option.of(
            "--publish-service",
            "NAMESPACE/NAME",
            ValueFormats.of("NAMESPACE/NAME", ObjectName::parse),
            "unless --publish-address is given, the Service whose addresses they are");
    static final Option<ObjectName> PUBLISH_NODES = Option.of(
            "--publish-nodes-of",
            "NAMESPACE/NAME",
            ValueFormats.of("NAMESPACE/NAME", ObjectName::parse),
            "unless one of the former is given, the Service on whose ready endpoints' nodes they are");
    static final Option<Boolean> KEEP_STATUS =
            Option.flag("--keep-status", "leave the status of Ingresses as it is when the last replica stops");
    static final Option<ObjectName> LEASE = Option.of(
            "--lease",
            "NAMESPACE/NAME",
            ValueFormats.of("NAMESPACE/NAME", ObjectName::parse),
            "the Lease that says which replica writes it; fairlead-ingress in the Pod's namespace unless given");
    static final Option<ObjectName> KEYS = Option.of(
            "--keys-secret",
            "NAMESPACE/NAME",
            ValueFormats.of("NAMESPACE/NAME", ObjectName::parse),
            "keys for session tickets and cookies that replicas share, kept by fairlead controller; without it each has its"
                    + " own");
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
                .with(HTTP, HTTPS, PROXY_PROTOCOL, TRUSTED, PAGES, TRANSPORT, LOOPS)
                .with(CLASS, WITHOUT_CLASS, DEFAULT_BACKEND, EXTERNAL_NAMES, ALLOWED)
                .with(DEFAULT_CERTIFICATE, TLS_POLICY, REFUSE_UNKNOWN, ACCESS_LOG, METRICS_MAX)
                .with(RUN_DIR, REVISION, SHUTDOWN_DELAY, DRAIN)
                .with(PUBLISH_ADDRESS, PUBLISH_SERVICE, PUBLISH_NODES, KEEP_STATUS, LEASE, KEYS)
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

    private static String publishable(String text) {
        if (text.matches("(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?")) {
            return text;
        }
        return IpAddress.parse(text).toString();
    }

    /**
     * The cluster that a command line names.
     *
     * @throws IllegalArgumentException if there is no way to the API server, or the kubeconfig cannot be understood
     */
    static ClusterInput cluster(Arguments arguments) {
        return ClusterInput.of(
                arguments.find(MANIFESTS),
                arguments.find(STATUS_DIR),
                () -> arguments
                        .find(KUBECONFIG)
                        .map(KubernetesAccess::kubeconfig)
                        .orElseGet(KubernetesAccess::ambient));
    }
}
