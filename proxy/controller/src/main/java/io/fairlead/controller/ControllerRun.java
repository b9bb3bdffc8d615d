package io.fairlead.controller;

import io.fairlead.cluster.api.KubernetesAccess;
import io.fairlead.cluster.input.ClusterInput;
import io.fairlead.cluster.keys.SharedKey;
import io.fairlead.cluster.keys.SharedKeys;
import io.fairlead.cluster.leader.ElectionTiming;
import io.fairlead.cluster.leader.LeaderElection;
import io.fairlead.cluster.leader.Leadership;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.PrivateBytes;
import io.fairlead.cluster.write.EventWriter;
import io.fairlead.cluster.write.Reporter;
import io.fairlead.cluster.write.VersionedObject;
import io.fairlead.controller.keys.KeyKeeper;
import io.fairlead.controller.keys.KeyRotation;
import io.fairlead.runtime.http.HttpEndpoint;
import io.fairlead.runtime.http.HttpHandler;
import io.fairlead.runtime.http.HttpLimits;
import io.fairlead.runtime.http.HttpReply;
import io.fairlead.runtime.http.HttpServer;
import io.fairlead.runtime.lifecycle.Lifecycle;
import io.fairlead.runtime.metrics.Metrics;
import io.fairlead.runtime.metrics.ProcessMetric;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Option;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One run of {@code fairlead controller}: from the command line to the signal to stop.
 *
 * <p>Confined to the main thread.
 */
final class ControllerRun {

    private static final Logger LOG = System.getLogger(ControllerRun.class.getName());

    private static final Duration STOP_DEADLINE = Duration.ofSeconds(20);

    private final Arguments arguments;
    private final ClusterInput input;
    private final Lifecycle lifecycle = Lifecycle.install(STOP_DEADLINE);
    private final Metrics metrics = new Metrics();
    private final SecureRandom random = new SecureRandom();

    ControllerRun(Arguments arguments, ClusterInput input) {
        this.arguments = arguments;
        this.input = input;
    }

    /**
     * Serves until a signal; does not return then.
     *
     * @throws io.fairlead.runtime.http.ListenException if the address of the pages cannot be listened on
     */
    void run() {
        String identity = LeaderElection.identity(random);
        EventWriter events = new EventWriter(input.eventTarget(new Reporter("fairlead.io/controller", identity)));
        events.start();
        lifecycle.onStop("event writer", events::close);

        ObjectKey keys = new ObjectKey(SharedKeys.KIND, name(ControllerOptions.KEYS, "fairlead-keys"));
        AtomicReference<LeaderElection> election = new AtomicReference<>();
        KeyReport report = new KeyReport(keys, metrics, events::offer);
        KeyKeeper keeper = new KeyKeeper(
                object(keys), rotation(), report, () -> election.get().leads(), InstantSource.system());
        election.set(elect(identity, keeper));
        observe(election.get(), keeper);
        servePages(election.get());
        election.get().start();
        lifecycle.onStop("leader election", election.get()::close);
        LOG.log(Level.INFO, "{0} keeps {1} when it leads", identity, keys);
        lifecycle.awaitStop();
        lifecycle.exit(0);
    }

    private LeaderElection elect(String identity, Leadership leadership) {
        ObjectKey lease = new ObjectKey(LeaderElection.KIND, name(ControllerOptions.LEASE, "fairlead-controller"));
        return new LeaderElection(
                object(lease), identity, ElectionTiming.STANDARD, leadership, InstantSource.system(), random);
    }

    private ObjectName name(Option<ObjectName> option, String standard) {
        return arguments.find(option).orElseGet(() -> new ObjectName(KubernetesAccess.ownNamespace(), standard));
    }

    private VersionedObject object(ObjectKey key) {
        return input.object(key).orElseThrow(() -> new IllegalStateException("--status-dir was asked for"));
    }

    private KeyRotation rotation() {
        return new KeyRotation(
                arguments.value(ControllerOptions.ROTATION),
                arguments.value(ControllerOptions.NOTICE),
                arguments.value(ControllerOptions.TICKETS),
                arguments.value(ControllerOptions.COOKIES),
                this::secret);
    }

    private PrivateBytes secret() {
        byte[] bytes = new byte[SharedKey.BYTES];
        random.nextBytes(bytes);
        PrivateBytes secret = PrivateBytes.of(bytes);
        Arrays.fill(bytes, (byte) 0);
        return secret;
    }

    private void observe(LeaderElection election, KeyKeeper keeper) {
        ProcessMetric.observe(metrics);
        metrics.observe(ControllerMetric.LEADER, () -> election.leads() ? 1 : 0);
        for (SharedKeys.Purpose purpose : SharedKeys.Purpose.values()) {
            metrics.observe(
                    ControllerMetric.KEY_AGE,
                    () -> keeper.age(purpose)
                            .map(Duration::toSeconds)
                            .map(Double::valueOf)
                            .orElse(Double.NaN),
                    purpose.label());
        }
    }

    private void servePages(LeaderElection election) {
        HttpHandler health = _ -> HttpReply.text(200, "ok");
        Map<String, HttpHandler> pages = Map.of(
                "/healthz",
                health,
                "/livez",
                health,
                "/readyz",
                _ -> election.isInTouch()
                        ? HttpReply.text(200, "ok")
                        : HttpReply.text(503, "the Lease cannot be asked for"),
                "/metrics",
                _ -> HttpReply.ok(Metrics.CONTENT_TYPE, metrics::writePage));
        arguments.value(ControllerOptions.PAGES).ifPresent(address -> {
            HttpServer server = HttpServer.start(new HttpEndpoint.Tcp(address, Set.of()), pages, HttpLimits.DEFAULT);
            lifecycle.onStop("pages", server::close);
        });
    }
}
