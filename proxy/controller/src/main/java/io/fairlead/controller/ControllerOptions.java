package io.fairlead.controller;

import io.fairlead.cluster.api.KubernetesAccess;
import io.fairlead.cluster.input.ClusterInput;
import io.fairlead.cluster.keys.SharedKeys;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.controller.keys.KeyRotation;
import io.fairlead.runtime.logging.LogSettings;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.ValueFormat;
import io.fairlead.runtime.options.ValueFormats;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The command line of {@code fairlead controller}.
 *
 * <p>Immutable: constants and pure functions.
 */
final class ControllerOptions {

    /** Free in Kubernetes' own list: the cloud controller manager once had it. */
    private static final int PORT_PAGES = 10253;

    private static final ValueFormat<Duration> TIME =
            ValueFormats.duration(Duration.ofSeconds(1), Duration.ofDays(366));

    static final Option<Path> MANIFESTS = Option.of(
            "--manifests", "DIR", ValueFormats.path(), "the cluster is a directory of YAML and JSON manifests");
    static final Option<Path> STATUS_DIR = Option.of(
            "--status-dir",
            "DIR",
            ValueFormats.path(),
            "with --manifests: write there, as YAML, what would be written to the API");
    static final Option<Path> KUBECONFIG = Option.of(
            "--kubeconfig", "FILE", ValueFormats.path(), "how to reach the API server; inside a cluster not needed");
    static final Option<ObjectName> LEASE = Option.of(
            "--lease",
            "NAMESPACE/NAME",
            ValueFormats.of("NAMESPACE/NAME", ObjectName::parse),
            "the Lease that says who leads; fairlead-controller in the Pod's namespace unless given");
    static final Option<ObjectName> KEYS = Option.of(
            "--keys-secret",
            "NAMESPACE/NAME",
            ValueFormats.of("NAMESPACE/NAME", ObjectName::parse),
            "the Secret of the keys that replicas of the ingress share; fairlead-keys in the Pod's namespace unless given");
    static final Option<Duration> ROTATION = Option.of(
                    "--key-rotation", "TIME", TIME, "how long a key is in use until the next one takes its place")
            .orElse("8h");
    static final Option<Duration> NOTICE = Option.of(
                    "--key-notice", "TIME", TIME, "how long a key is published before it is taken into use")
            .orElse("1m");
    static final Option<Duration> TICKETS = Option.of(
                    "--ticket-key-lifetime", "TIME", TIME, "how long session tickets of an old key are still taken")
            .orElse("24h");
    static final Option<Duration> COOKIES = Option.of(
                    "--cookie-key-lifetime", "TIME", TIME, "how long cookies that an old key signed are still taken")
            .orElse("168h");
    static final Option<Optional<InetSocketAddress>> PAGES = Option.of(
                    "--pages-address",
                    "ADDRESS:PORT",
                    ValueFormats.listen(PORT_PAGES),
                    "/healthz, /livez, /readyz and /metrics; empty serves none")
            .orElse("0.0.0.0:" + PORT_PAGES);
    static final Option<LogSettings.Verbosity> LOG_LEVEL = Option.of(
                    "--log-level",
                    "LEVEL",
                    ValueFormats.oneOf(LogSettings.Verbosity.class),
                    "least severity that is logged")
            .orElse("info");
    static final Option<LogSettings.Format> LOG_FORMAT = Option.of(
                    "--log-format", "FORMAT", ValueFormats.oneOf(LogSettings.Format.class), "form of the log")
            .orElse("plain");

    private ControllerOptions() {}

    static Command command() {
        return Command.of("controller", "does what one leader does for the cluster: shared keys")
                .with(MANIFESTS, KUBECONFIG, STATUS_DIR, LEASE)
                .with(KEYS, ROTATION, NOTICE, TICKETS, COOKIES)
                .with(PAGES, LOG_LEVEL, LOG_FORMAT)
                .check(List.of(MANIFESTS, KUBECONFIG), ControllerOptions::oneSource)
                .check(List.of(MANIFESTS, STATUS_DIR), ControllerOptions::directoriesFit)
                .check(List.of(ROTATION, NOTICE), ControllerOptions::rotationFits)
                .check(List.of(ROTATION, TICKETS, COOKIES), ControllerOptions::keysAreFew)
                .example(
                        "fairlead controller",
                        "fairlead controller --manifests ./cluster --status-dir ./cluster/written");
    }

    private static Optional<String> oneSource(Arguments arguments) {
        return arguments.isGiven(MANIFESTS) && arguments.isGiven(KUBECONFIG)
                ? Optional.of("--manifests and --kubeconfig: give one of the two")
                : Optional.empty();
    }

    private static Optional<String> directoriesFit(Arguments arguments) {
        if (arguments.isGiven(MANIFESTS) && !arguments.isGiven(STATUS_DIR)) {
            return Optional.of("--manifests needs --status-dir: else there is no place for what is written");
        }
        return arguments
                .find(MANIFESTS)
                .filter(directory -> !Files.isDirectory(directory))
                .map(directory -> "--manifests: " + directory + " is not a directory");
    }

    private static Optional<String> rotationFits(Arguments arguments) {
        return arguments.value(NOTICE).compareTo(arguments.value(ROTATION)) > 0
                ? Optional.of("--key-notice is longer than --key-rotation")
                : Optional.empty();
    }

    private static Optional<String> keysAreFew(Arguments arguments) {
        return keysAreFew(arguments, TICKETS, SharedKeys.Purpose.TICKETS)
                .or(() -> keysAreFew(arguments, COOKIES, SharedKeys.Purpose.COOKIES));
    }

    private static Optional<String> keysAreFew(
            Arguments arguments, Option<Duration> lifetime, SharedKeys.Purpose purpose) {
        long keys = KeyRotation.keys(arguments.value(ROTATION), arguments.value(lifetime));
        int most = KeyRotation.keysMax(purpose);
        return keys <= most
                ? Optional.empty()
                : Optional.of("--key-rotation and " + lifetime.title() + " make " + keys + " keys; " + most
                        + " are accepted: rotate less often, or take old ones for a shorter time");
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
