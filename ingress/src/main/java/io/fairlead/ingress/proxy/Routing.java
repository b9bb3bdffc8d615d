package io.fairlead.ingress.proxy;

import io.fairlead.ingress.account.RouteBook;
import io.fairlead.ingress.route.Route;
import io.fairlead.ingress.route.RouteTable;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * By what requests are routed at one moment: the table, and each of its routes prepared.
 *
 * <p>Immutable.
 */
public final class Routing {

    private final RouteTable table;
    private final PreparedRoute noMatch;
    private final IdentityHashMap<Route, PreparedRoute> prepared = new IdentityHashMap<>();

    /**
     * @param routes all routes of the table
     * @param stats where requests are counted that no route is for
     */
    public Routing(RouteTable table, Iterable<PreparedRoute> routes, RouteBook stats) {
        this.table = table;
        noMatch = PreparedRoute.of(
                Route.NO_MATCH,
                forward -> {
                    throw new IllegalStateException("what nothing matches is not forwarded");
                },
                stats.of(Route.NO_MATCH));
        prepared.put(Route.NO_MATCH, noMatch);
        routes.forEach(each -> prepared.put(each.route(), each));
    }

    /** What requests are counted by that were not routed. */
    PreparedRoute noMatch() {
        return noMatch;
    }

    public RouteTable table() {
        return table;
    }

    /** Hot path: the route for a request; host and path as {@link RouteTable#lookup} takes them. */
    PreparedRoute lookup(byte[] host, int hostFrom, int hostTo, byte[] path, int pathFrom, int pathTo) {
        Route route = table.lookup(host, hostFrom, hostTo, path, pathFrom, pathTo);
        @Nullable PreparedRoute found = prepared.get(route);
        if (found == null) {
            throw new IllegalStateException("nothing was prepared for " + route);
        }
        return found;
    }
}
