package io.fairlead.ingress.proxy;

import io.fairlead.ingress.route.Route;
import io.fairlead.ingress.route.RouteTable;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * By what requests are routed at one moment: the table, and each of its routes prepared.
 *
 * <p>Immutable.
 */
public final class Routing {

    public static final Routing EMPTY = new Routing(RouteTable.EMPTY, List.of());

    private static final PreparedRoute NO_MATCH = PreparedRoute.of(Route.NO_MATCH, forward -> {
        throw new IllegalStateException("what nothing matches is not forwarded");
    });

    private final RouteTable table;
    private final IdentityHashMap<Route, PreparedRoute> prepared = new IdentityHashMap<>();

    /** @param routes all routes of the table */
    public Routing(RouteTable table, Iterable<PreparedRoute> routes) {
        this.table = table;
        prepared.put(Route.NO_MATCH, NO_MATCH);
        routes.forEach(each -> prepared.put(each.route(), each));
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
