package io.fairlead.ingress.program;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.accesslog.AccessLog;
import io.fairlead.ingress.account.IngressMetric;
import io.fairlead.ingress.account.RouteBook;
import io.fairlead.ingress.destination.DestinationPolicy;
import io.fairlead.ingress.proxy.ProxyServer;
import io.fairlead.ingress.proxy.RoutePublisher;
import io.fairlead.ingress.proxy.Routing;
import io.fairlead.ingress.proxy.RoutingReference;
import io.fairlead.ingress.route.RouteTable;
import io.fairlead.ingress.tls.TlsSettings;
import io.fairlead.ingress.tls.backend.BackendTlsContexts;
import io.fairlead.ingress.upstream.NameWatch;
import io.fairlead.ingress.upstream.UpstreamGroups;
import io.fairlead.ingress.upstream.UpstreamSettings;
import io.fairlead.runtime.lifecycle.Lifecycle;
import io.fairlead.runtime.metrics.Metrics;
import io.fairlead.runtime.options.Arguments;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What carries requests: the event loops, the routes in force and the connections to backends.
 *
 * <p>Thread-safe, but for {@link #trust}, which comes first.
 */
final class DataPath {

    private static final Duration NAME_PAUSE = Duration.ofSeconds(5);

    private final ProxyServer server;
    private final RouteBook stats;
    private final RoutingReference routings;
    private final RoutePublisher publisher;

    private volatile Function<ObjectName, byte @Nullable []> authorities = secret -> null;

    /**
     * Starts it, without a route, and has it ended with the program.
     *
     * @param policies where requests may be sent
     */
    DataPath(
            Arguments arguments,
            TlsSettings tls,
            Supplier<DestinationPolicy> policies,
            Lifecycle lifecycle,
            Metrics metrics) {
        int loops = OperatorSettings.loops(arguments);
        stats = new RouteBook(loops, arguments.value(IngressOptions.METRICS_MAX));
        routings = new RoutingReference(new Routing(RouteTable.EMPTY, List.of(), stats));
        Optional<AccessLog> log = AccessLog.start(
                arguments.value(IngressOptions.ACCESS_LOG),
                new FileOutputStream(FileDescriptor.out),
                loops,
                InstantSource.system());
        log.ifPresent(lines -> {
            lifecycle.onStop("access log", lines::close);
            metrics.observe(IngressMetric.LOG_LOST, lines::lost);
        });
        server = new ProxyServer(
                arguments.value(IngressOptions.TRANSPORT),
                loops,
                OperatorSettings.proxy(arguments),
                UpstreamSettings.DEFAULT,
                routings,
                log);
        lifecycle.onStop("event loops", server::close);
        NameWatch names = new NameWatch(InetAddress::getAllByName, policies, NAME_PAUSE);
        lifecycle.onStop("names", names::close);
        BackendTlsContexts contexts = new BackendTlsContexts(tls.provider());
        UpstreamGroups groups =
                new UpstreamGroups(server.workers(), names, connection -> contexts.of(connection, authorities));
        publisher = new RoutePublisher(groups, routings, stats);
        metrics.observe(IngressMetric.CONNECTIONS, server::connections);
        metrics.observe(
                IngressMetric.ROUTES, () -> routings.current().table().routes().size());
    }

    /** @param certificates of the authorities that a Secret holds, in PEM; null if there is none */
    void trust(Function<ObjectName, byte @Nullable []> certificates) {
        authorities = certificates;
    }

    ProxyServer server() {
        return server;
    }

    RouteBook stats() {
        return stats;
    }

    RoutePublisher publisher() {
        return publisher;
    }
}
