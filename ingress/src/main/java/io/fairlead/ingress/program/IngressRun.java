package io.fairlead.ingress.program;

import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.Selection;
import io.fairlead.cluster.write.EventWriter;
import io.fairlead.ingress.account.IngressMetric;
import io.fairlead.ingress.account.RouteBook;
import io.fairlead.ingress.destination.DestinationPolicy;
import io.fairlead.ingress.proxy.Listener;
import io.fairlead.ingress.proxy.ProxyServer;
import io.fairlead.ingress.proxy.ProxySettings;
import io.fairlead.ingress.proxy.RoutePublisher;
import io.fairlead.ingress.proxy.Routing;
import io.fairlead.ingress.proxy.RoutingReference;
import io.fairlead.ingress.resource.IngressBackend;
import io.fairlead.ingress.resource.IngressKinds;
import io.fairlead.ingress.route.RouteTable;
import io.fairlead.ingress.tls.ServerTls;
import io.fairlead.ingress.tls.TicketKeys;
import io.fairlead.ingress.tls.TlsSettings;
import io.fairlead.ingress.tls.backend.BackendTlsContexts;
import io.fairlead.ingress.translate.IngressSettings;
import io.fairlead.ingress.translate.IngressTranslator;
import io.fairlead.ingress.translate.Translation;
import io.fairlead.ingress.translate.annotation.AnnotationDialect;
import io.fairlead.ingress.translate.annotation.AnnotationReader;
import io.fairlead.ingress.upstream.NameWatch;
import io.fairlead.ingress.upstream.UpstreamGroup;
import io.fairlead.ingress.upstream.UpstreamGroups;
import io.fairlead.ingress.upstream.UpstreamSettings;
import io.fairlead.runtime.http.HttpEndpoint;
import io.fairlead.runtime.http.HttpHandler;
import io.fairlead.runtime.http.HttpLimits;
import io.fairlead.runtime.http.HttpReply;
import io.fairlead.runtime.http.HttpServer;
import io.fairlead.runtime.lifecycle.Lifecycle;
import io.fairlead.runtime.metrics.Metrics;
import io.fairlead.runtime.metrics.ProcessMetric;
import io.fairlead.runtime.options.Arguments;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code fairlead ingress}: from the command line to the signal to stop.
 *
 * <p>Confined to the main thread.
 */
final class IngressRun {

    private static final Logger LOG = System.getLogger(IngressRun.class.getName());

    private static final Duration NAME_PAUSE = Duration.ofSeconds(5);
    private static final Duration STOP_SLACK = Duration.ofSeconds(5);

    private final Arguments arguments;
    private final ClusterInput input;
    private final Lifecycle lifecycle;
    private final Metrics metrics = new Metrics();
    private final AtomicBoolean ready = new AtomicBoolean();

    IngressRun(Arguments arguments, ClusterInput input) {
        this.arguments = arguments;
        this.input = input;
        lifecycle = Lifecycle.install(arguments.value(IngressOptions.DRAIN).plus(STOP_SLACK));
    }

    /** Serves until a signal; does not return. */
    void run() {
        start();
        lifecycle.awaitStop();
        lifecycle.exit(0);
    }

    private void start() {
        Supplier<DestinationPolicy> policies = policies();
        AnnotationReader annotations = new AnnotationReader(List.of(AnnotationDialect.FAIRLEAD));
        Selection secrets = new Selection();
        ClusterStore store = new ClusterStore();
        input.start(store, IngressKinds.scope(annotations::understands, secrets));
        store.start();
        EventWriter events = new EventWriter(
                input.eventTarget(arguments.find(IngressOptions.NODE_NAME).orElse("ingress")));
        events.start();
        lifecycle.onStop("event writer", events::close);

        int loops = arguments
                .find(IngressOptions.LOOPS)
                .orElseGet(() -> Runtime.getRuntime().availableProcessors());
        RouteBook stats = new RouteBook(loops, arguments.value(IngressOptions.METRICS_MAX));
        RoutingReference routings = new RoutingReference(new Routing(RouteTable.EMPTY, List.of(), stats));
        ProxyServer server = new ProxyServer(
                arguments.value(IngressOptions.TRANSPORT),
                loops,
                ProxySettings.DEFAULT,
                UpstreamSettings.DEFAULT,
                routings);
        lifecycle.onStop("event loops", server::close);
        lifecycle.onStop("connections", () -> server.drain(arguments.value(IngressOptions.DRAIN)));
        lifecycle.onStop("readiness", () -> ready.set(false));
        NameWatch names = new NameWatch(InetAddress::getAllByName, policies, NAME_PAUSE);
        lifecycle.onStop("names", names::close);
        BackendTlsContexts backendTls = new BackendTlsContexts(TlsSettings.DEFAULT.provider());
        AtomicReference<Function<ObjectName, byte @Nullable []>> authorities = new AtomicReference<>(secret -> null);
        UpstreamGroups groups =
                new UpstreamGroups(server.workers(), names, connection -> backendTls.of(connection, authorities.get()));
        RoutePublisher publisher = new RoutePublisher(groups, routings, stats);
        Certificates certificates = new Certificates(Optional.empty(), InstantSource.system(), publisher);
        ServerTls<UpstreamGroup> tls = new ServerTls<>(
                TlsSettings.DEFAULT, TicketKeys.random(), certificates.plan(Translation.EMPTY, ClusterSnapshot.EMPTY));
        lifecycle.onStop("certificates", tls::close);
        Routes routes = new Routes(
                new IngressTranslator(settings(), annotations, policies),
                publisher,
                certificates,
                tls,
                secrets,
                events::offer,
                () -> serve(server, tls));
        authorities.set(routes::authorities);
        store.subscribe(routes);
        lifecycle.onStop("cluster source", input::close);
        lifecycle.onStop("cluster store", store::close);
        metrics.observe(IngressMetric.CONNECTIONS, server::connections);
        metrics.observe(
                IngressMetric.ROUTES, () -> routings.current().table().routes().size());
        metrics.observe(
                IngressMetric.PROBLEMS, () -> routes.current().problems().size());
        servePages(stats);
    }

    /** Listens only when there are routes: until then, a load balancer is to send its requests to others. */
    private void serve(ProxyServer server, ServerTls<UpstreamGroup> tls) {
        boolean proxyProtocol = arguments.value(IngressOptions.PROXY_PROTOCOL);
        arguments.value(IngressOptions.HTTP).ifPresent(address -> {
            server.listen(Listener.plain(address, proxyProtocol));
            LOG.log(Level.INFO, "HTTP at {0}", address);
        });
        arguments.value(IngressOptions.HTTPS).ifPresent(address -> {
            server.listen(Listener.secure(address, proxyProtocol, tls));
            LOG.log(Level.INFO, "HTTPS at {0}", address);
        });
        ready.set(true);
        LOG.log(Level.INFO, "ready");
    }

    private void servePages(RouteBook stats) {
        ProcessMetric.observe(metrics);
        HttpHandler health = _ -> HttpReply.text(200, "ok");
        Map<String, HttpHandler> pages = Map.of(
                "/healthz",
                health,
                "/livez",
                health,
                "/readyz",
                _ -> ready.get() ? HttpReply.text(200, "ok") : HttpReply.text(503, "no routes yet"),
                "/metrics",
                _ -> HttpReply.ok(Metrics.CONTENT_TYPE, out -> {
                    metrics.writePage(out);
                    stats.writePage(out);
                }));
        arguments.value(IngressOptions.PAGES).ifPresent(address -> {
            HttpServer server = HttpServer.start(new HttpEndpoint.Tcp(address, Set.of()), pages, HttpLimits.DEFAULT);
            lifecycle.onStop("pages", server::close);
        });
    }

    private Supplier<DestinationPolicy> policies() {
        NodeAddresses addresses = new NodeAddresses();
        Set<Integer> ports = new HashSet<>();
        Stream.of(IngressOptions.HTTP, IngressOptions.HTTPS, IngressOptions.PAGES)
                .map(arguments::value)
                .flatMap(Optional::stream)
                .map(InetSocketAddress::getPort)
                .forEach(ports::add);
        return () -> new DestinationPolicy(addresses.current(), ports, arguments.value(IngressOptions.ALLOWED));
    }

    private IngressSettings settings() {
        IngressSettings base = IngressSettings.DEFAULT;
        return new IngressSettings(
                new IngressSettings.Classes(
                        base.classes().controller(),
                        arguments.value(IngressOptions.CLASS),
                        arguments.value(IngressOptions.WITHOUT_CLASS)),
                base.policy(),
                base.redirects(),
                arguments
                        .find(IngressOptions.DEFAULT_BACKEND)
                        .map(IngressRun::defaultBackend)
                        .orElse(base.defaultBackend()),
                base.endpoints());
    }

    private static IngressSettings.DefaultBackend defaultBackend(String text) {
        int slash = text.indexOf('/');
        int colon = text.indexOf(':');
        String port = text.substring(colon + 1);
        String service = text.substring(slash + 1, colon);
        boolean number = port.matches("[0-9]+");
        return new IngressSettings.DefaultBackend(
                text.substring(0, slash),
                new IngressBackend.OfService(service, number ? "" : port, number ? Integer.parseInt(port) : 0));
    }
}
