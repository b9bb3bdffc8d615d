package io.fairlead.ingress.route;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The routes of one host, ready to be asked. Tables share it as long as the host's routes do not change.
 *
 * <p>Immutable.
 */
final class HostRoutes {

    private final HostMatch host;
    private final ByteKeys.Entry<HostRoutes> entry;
    private final PathNode paths;
    private final @Nullable Route fallback;
    private final List<Route> routes;
    private final List<ShadowedRoute> shadowed;

    /**
     * @param given in order of precedence: of two for the same path the first counts
     * @throws IllegalArgumentException if one is for another host
     */
    HostRoutes(HostMatch host, List<Route> given, long seed) {
        this.host = host;
        paths = new PathNode(seed);
        Route everything = null;
        List<Route> kept = new ArrayList<>(given.size());
        List<ShadowedRoute> lost = new ArrayList<>();
        for (Route route : given) {
            if (!route.host().equals(host)) {
                throw new IllegalArgumentException("route " + route + " is not for host " + host.text());
            }
            Route winner = switch (route.path()) {
                case PathMatch.Exact ignored -> paths.addExact(route);
                case PathMatch.Prefix ignored -> paths.addPrefix(route);
                case PathMatch.Everything ignored -> everything;
            };
            if (winner != null) {
                lost.add(new ShadowedRoute(route, winner));
                continue;
            }
            kept.add(route);
            if (route.path() instanceof PathMatch.Everything) {
                everything = route;
            }
        }
        fallback = everything;
        routes = List.copyOf(kept);
        shadowed = List.copyOf(lost);
        entry = HostIndex.entry(host, this, seed);
    }

    /** Hot path: the route for a path, else the host's default, else nothing. */
    @Nullable
    Route find(byte[] path, int from, int to) {
        Route found = paths.find(path, from, to);
        return found != null ? found : fallback;
    }

    HostMatch host() {
        return host;
    }

    /** Its place in an index, the same in every table. */
    ByteKeys.Entry<HostRoutes> entry() {
        return entry;
    }

    PathNode paths() {
        return paths;
    }

    @Nullable
    Route fallback() {
        return fallback;
    }

    /** Those that can get requests, as they were given. */
    List<Route> routes() {
        return routes;
    }

    List<ShadowedRoute> shadowed() {
        return shadowed;
    }
}
