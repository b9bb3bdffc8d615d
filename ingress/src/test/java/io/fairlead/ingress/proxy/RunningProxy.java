package io.fairlead.ingress.proxy;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.account.RouteBook;
import io.fairlead.ingress.route.BackendGroup;
import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.route.PathMatch;
import io.fairlead.ingress.route.Route;
import io.fairlead.ingress.route.RouteAction;
import io.fairlead.ingress.route.RouteSource;
import io.fairlead.ingress.route.RouteTable;
import io.fairlead.ingress.route.policy.BackendConnection;
import io.fairlead.ingress.route.policy.BackendTls;
import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.tls.backend.BackendTlsClient;
import io.fairlead.ingress.upstream.UpstreamGroup;
import io.fairlead.ingress.upstream.UpstreamSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A proxy with one event loop on a port of the loopback interface.
 *
 * <p>Confined to the test thread.
 */
final class RunningProxy implements AutoCloseable {

    private static final Duration DRAIN = Duration.ofMillis(300);
    private static final RouteSource SOURCE = new RouteSource("Ingress", new ObjectName("shop", "web"), 0, 0);

    private final RouteBook stats = new RouteBook(1, 100);
    private final RoutingReference routings = new RoutingReference(new Routing(RouteTable.EMPTY, List.of(), stats));
    private final ProxyServer server;
    private final List<Route> routes = new ArrayList<>();
    private final Map<BackendGroup, UpstreamGroup> groups = new HashMap<>();

    RunningProxy() {
        this(ProxySettings.DEFAULT, UpstreamSettings.DEFAULT);
    }

    RunningProxy(ProxySettings settings, UpstreamSettings upstreamSettings) {
        this(settings, upstreamSettings, true);
    }

    private RunningProxy(ProxySettings settings, UpstreamSettings upstreamSettings, boolean listens) {
        server = new ProxyServer(Transport.EPOLL, 1, settings, upstreamSettings, routings, Optional.empty());
        if (listens) {
            server.listen(Listener.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), false));
        }
    }

    /** One that lets nobody in so far. */
    static RunningProxy withoutListener(ProxySettings settings, UpstreamSettings upstreamSettings) {
        return new RunningProxy(settings, upstreamSettings, false);
    }

    /** Sends everything of any host to these backends. */
    RunningProxy to(ScriptedBackend... backends) {
        return route("", "/", ForwardPolicy.DEFAULT, backends);
    }

    /** The same to backends of HTTP/2 without TLS. */
    RunningProxy toHttp2(ScriptedBackend backend) {
        return toHttp2(backend.address());
    }

    RunningProxy toHttp2(InetSocketAddress backend) {
        BackendConnection http2 = new BackendConnection(BackendConnection.Protocol.H2C, new BackendTls.Off());
        return route("", "/", ForwardPolicy.DEFAULT.withConnection(http2), List.of(backend), Optional.empty());
    }

    RunningProxy route(String host, String path, ForwardPolicy policy, ScriptedBackend... backends) {
        List<InetSocketAddress> addresses =
                List.of(backends).stream().map(ScriptedBackend::address).toList();
        return route(host, path, policy, addresses, Optional.empty());
    }

    /** @param tls how TLS is spoken with the backends */
    RunningProxy route(
            String host,
            String path,
            ForwardPolicy policy,
            List<InetSocketAddress> backends,
            Optional<BackendTlsClient> tls) {
        BackendGroup name = new BackendGroup(new ObjectName("shop", "web-" + groups.size()), 80);
        UpstreamGroup group = new UpstreamGroup(name, policy.connection(), server.workers());
        group.replace(backends);
        group.secure(tls);
        groups.put(name, group);
        return route(host, path, new RouteAction.Forward(name, policy));
    }

    RunningProxy route(String host, String path, RouteAction action) {
        return route(host, path, action, action);
    }

    /** @param plainAction what is done without TLS */
    RunningProxy route(String host, String path, RouteAction action, RouteAction plainAction) {
        routes.add(new Route(SOURCE, HostMatch.parse(host), new PathMatch.Prefix(path), action, plainAction));
        RouteTable table = RouteTable.of(routes);
        routings.publish(new Routing(
                table,
                table.routes().stream()
                        .map(route -> PreparedRoute.of(
                                route,
                                forward -> Objects.requireNonNull(groups.get(forward.backend())),
                                stats.of(route)))
                        .toList(),
                stats));
        return this;
    }

    /** The endpoints of the route that was given first, second and so on. */
    UpstreamGroup group(int place) {
        return Objects.requireNonNull(groups.get(new BackendGroup(new ObjectName("shop", "web-" + place), 80)));
    }

    /** The page of metrics. */
    String metrics() {
        StringBuilder page = new StringBuilder();
        stats.writePage(page);
        return page.toString();
    }

    ProxyServer server() {
        return server;
    }

    RawClient client() {
        return new RawClient(server.addresses().getFirst());
    }

    /** A client of HTTP/2 whose preface is sent. */
    H2Wire http2() {
        return H2Wire.connect(server.addresses().getFirst());
    }

    /** The answer to one request on a connection of its own. */
    RawClient.Answer ask(String request) {
        try (RawClient client = client()) {
            return client.send(request).answer();
        }
    }

    /** Ends as a program does: handshakes and farewells under way are not cut off. */
    @Override
    public void close() {
        server.drain(DRAIN);
        server.close();
    }
}
