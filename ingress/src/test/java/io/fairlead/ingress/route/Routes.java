package io.fairlead.ingress.route;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.route.policy.ForwardPolicy;
import java.nio.charset.StandardCharsets;

/** Routes for tests, named after what they forward to, and look-ups with strings. */
final class Routes {

    private Routes() {}

    static Route exact(String host, String path, String name) {
        return route(host, new PathMatch.Exact(path), name);
    }

    static Route prefix(String host, String path, String name) {
        return route(host, new PathMatch.Prefix(path), name);
    }

    static Route everything(String host, String name) {
        return route(host, new PathMatch.Everything(), name);
    }

    static Route route(String host, PathMatch path, String name) {
        return new Route(source(name), HostMatch.parse(host), path, forward(name));
    }

    static RouteSource source(String name) {
        return new RouteSource("Ingress", new ObjectName("shop", name), 0, 0);
    }

    static RouteAction forward(String service) {
        return new RouteAction.Forward(new BackendGroup(new ObjectName("shop", service), 80), ForwardPolicy.DEFAULT);
    }

    static Route find(RouteTable table, String host, String path) {
        // Ranges inside of other text, so that a look outside of them shows.
        byte[] hostText = ("www." + host + ".com").getBytes(StandardCharsets.ISO_8859_1);
        byte[] pathText = ("/a" + path + "/b").getBytes(StandardCharsets.ISO_8859_1);
        return table.lookup(hostText, 4, hostText.length - 4, pathText, 2, pathText.length - 2);
    }

    /** The name of the object whose route is found; {@code 404} if none is. */
    static String name(RouteTable table, String host, String path) {
        Route route = find(table, host, path);
        return route.equals(Route.NO_MATCH) ? "404" : route.source().object().name();
    }
}
