package io.fairlead.ingress.program;

import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.input.ClusterInput;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.Selection;
import io.fairlead.cluster.write.EventWriter;
import io.fairlead.cluster.write.Reporter;
import io.fairlead.ingress.account.IngressMetric;
import io.fairlead.ingress.destination.DestinationPolicy;
import io.fairlead.ingress.resource.IngressKinds;
import io.fairlead.ingress.tls.DefaultCertificate;
import io.fairlead.ingress.tls.ServerCertificate;
import io.fairlead.ingress.tls.ServerTls;
import io.fairlead.ingress.tls.TicketKeys;
import io.fairlead.ingress.tls.TlsSettings;
import io.fairlead.ingress.translate.IngressTranslator;
import io.fairlead.ingress.translate.annotation.AnnotationDialect;
import io.fairlead.ingress.translate.annotation.AnnotationReader;
import io.fairlead.ingress.upstream.UpstreamGroup;
import io.fairlead.runtime.http.HttpEndpoint;
import io.fairlead.runtime.http.HttpHandler;
import io.fairlead.runtime.http.ListenException;
import io.fairlead.runtime.http.PatientServer;
import io.fairlead.runtime.lifecycle.Lifecycle;
import io.fairlead.runtime.metrics.Metrics;
import io.fairlead.runtime.metrics.ProcessMetric;
import io.fairlead.runtime.options.Arguments;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One run of {@code fairlead ingress}: from the command line to the signal to stop.
 *
 * <p>Confined to the main thread.
 */
final class IngressRun {

    private static final Logger LOG = System.getLogger(IngressRun.class.getName());

    /** EX_UNAVAILABLE of sysexits.h: an address is somebody else's. */
    private static final int EXIT_UNAVAILABLE = 69;

    private static final Duration STOP_SLACK = Duration.ofSeconds(5);
    private static final Duration PAGES_RETRY = Duration.ofSeconds(1);
    private static final Duration SECRETS_PATIENCE = Duration.ofSeconds(5);

    private final Arguments arguments;
    private final ClusterInput input;
    private final Lifecycle lifecycle;
    private final Metrics metrics = new Metrics();

    IngressRun(Arguments arguments, ClusterInput input) {
        this.arguments = arguments;
        this.input = input;
        lifecycle = Lifecycle.install(arguments
                .value(IngressOptions.DRAIN)
                .plus(arguments.value(IngressOptions.SHUTDOWN_DELAY))
                .plus(STOP_SLACK));
    }

    /** Serves until a signal; does not return. */
    void run() {
        start();
        lifecycle.awaitStop();
        lifecycle.exit(0);
    }

    private void start() {
        // Takes a while, and the rest of the start does not need it.
        CompletableFuture<ServerCertificate> generated =
                CompletableFuture.supplyAsync(() -> DefaultCertificate.generate(Instant.now()));
        AnnotationReader annotations = new AnnotationReader(List.of(AnnotationDialect.FAIRLEAD));
        Selection secrets = new Selection();
        ClusterStore store = new ClusterStore();
        Supplier<DestinationPolicy> policies = OperatorSettings.destinations(arguments, store::snapshot);
        input.start(store, IngressKinds.scope(annotations::understands, secrets));
        store.start();
        EventWriter events = writeEvents();
        TlsSettings tlsSettings = OperatorSettings.tls(arguments);
        DataPath path = new DataPath(arguments, tlsSettings, policies, lifecycle, metrics);
        ProblemReport ofSecrets = new ProblemReport(events::offer);
        ProblemReport ofRoutes = new ProblemReport(events::offer);
        Optional<ObjectName> operators = arguments.find(IngressOptions.DEFAULT_CERTIFICATE);
        Optional<ObjectName> keys = arguments.find(IngressOptions.KEYS);
        Certificates certificates = new Certificates(operators, generated.join(), path.publisher(), ofSecrets);
        ServerTls<UpstreamGroup> tls = new ServerTls<>(tlsSettings, TicketKeys.random(), certificates.first());
        lifecycle.onStop("certificates", tls::close);
        FrontDoor door = new FrontDoor(arguments, path.server(), tls);
        Routes routes = new Routes(
                new IngressTranslator(OperatorSettings.translation(arguments), annotations, policies),
                path.publisher(),
                certificates,
                tls,
                new Routes.WantedSecrets(
                        secrets,
                        Stream.of(operators, keys).flatMap(Optional::stream).collect(Collectors.toSet())),
                ofRoutes,
                new Opening(SECRETS_PATIENCE, () -> open(door)));
        path.trust(routes::authorities);
        store.subscribe(routes);
        keys.ifPresent(name -> {
            KeyFollower follower = new KeyFollower(name, tls::renewKeys, path.publisher()::signSessions, ofSecrets);
            store.subscribe(follower);
            metrics.observe(IngressMetric.SHARED_KEYS, () -> follower.isShared() ? 1 : 0);
        });
        Optional<StatusPublishing> status = StatusPublishing.start(arguments, input, store, routes::current, metrics);
        lifecycle.onStop("cluster source", input::close);
        lifecycle.onStop("cluster store", store::close);
        status.ifPresent(each -> lifecycle.onStop("status", () -> each.end(door.isSucceeded())));
        // All that is above goes on while connections end: their requests need endpoints and certificates.
        lifecycle.onStop("connections", door::close);
        status.ifPresent(each -> lifecycle.onStop("candidacy", each::beforeDrain));
        lifecycle.onStop("readiness", door::sendAway);
        metrics.observe(IngressMetric.PROBLEMS, () -> ofRoutes.objects() + ofSecrets.objects());
        metrics.observe(IngressMetric.CERTIFICATE_END, certificates::firstEndSeconds);
        ProcessMetric.observe(metrics);
        Pages.Readiness readiness = new Pages.Readiness(
                arguments.find(IngressOptions.REVISION).orElse(""), door::isReady, door::hasSuccessor);
        servePages(new Pages(readiness, metrics, path.stats(), routes::current, certificates, InstantSource.system()));
    }

    private EventWriter writeEvents() {
        EventWriter events = new EventWriter(input.eventTarget(new Reporter(
                "fairlead.io/ingress", arguments.find(IngressOptions.NODE_NAME).orElse("ingress"))));
        events.start();
        lifecycle.onStop("event writer", events::close);
        return events;
    }

    private void open(FrontDoor door) {
        try {
            door.open();
        } catch (ListenException e) {
            LOG.log(Level.ERROR, "{0}", e.getMessage());
            lifecycle.exit(EXIT_UNAVAILABLE);
        }
    }

    private void servePages(Pages pages) {
        arguments
                .value(IngressOptions.PAGES)
                .ifPresent(address -> serve("health", new HttpEndpoint.Tcp(address, Set.of()), pages.open()));
        Path socket = arguments.value(IngressOptions.RUN_DIR).resolve(IngressOptions.INGRESS + ".sock");
        serve("local socket", new HttpEndpoint.Unix(socket), pages.local());
    }

    /** The process whose place this one takes may still have what it listens on. */
    private void serve(String name, HttpEndpoint endpoint, Map<String, HttpHandler> pages) {
        PatientServer server = PatientServer.start(name, endpoint, pages, PAGES_RETRY, _ -> {});
        lifecycle.onStop(name, server::close);
    }
}
