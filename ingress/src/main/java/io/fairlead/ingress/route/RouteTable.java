package io.fairlead.ingress.route;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * All routes of a listener. A request is looked up by host, then by path (Ingress v1, IngressRule: the host is
 * decided
 * first): the most specific host, in it the longest path, and of an exact path and a prefix of equal length the exact
 * one. If none is for the path, the host's default is taken ({@link PathMatch.Everything}), else the table's.
 *
 * <p>A less specific host is not tried then: whoever owns {@code a.foo.com} has said which of its paths exist,
 * and the
 * owner of {@code *.foo.com} must not get the requests for the others. A translator of an API that wants it gives the
 * wider host's routes to the narrower host too, behind its own.
 *
 * <p>A lookup reads host and path a few times, whatever the number of routes. A changed table shares all hosts
 * that did
 * not change with the one before.
 *
 * <p>Immutable.
 */
public final class RouteTable {

    public static final RouteTable EMPTY = RouteTable.of(List.of());

    private final long seed;
    private final Map<HostMatch, HostRoutes> hosts;
    private final HostIndex index;
    private final Route defaultRoute;

    private RouteTable(Map<HostMatch, HostRoutes> hosts, long seed) {
        this.seed = seed;
        this.hosts = hosts;
        index = new HostIndex(hosts.values(), seed);
        Route fallback = index.any().fallback();
        defaultRoute = fallback != null ? fallback : Route.NO_MATCH;
    }

    /**
     * The table of these routes. Of two for the same host and path, where {@code /foo/} is {@code /foo} for prefixes,
     * the first in the list counts and the other one is {@link #shadowed}. The table's default is the route for
     * everything of any host.
     */
    public static RouteTable of(List<Route> routes) {
        return of(routes, new SplittableRandom().nextLong());
    }

    static RouteTable of(List<Route> routes, long seed) {
        Map<HostMatch, List<Route>> byHost = new LinkedHashMap<>();
        routes.forEach(route ->
                byHost.computeIfAbsent(route.host(), host -> new ArrayList<>()).add(route));
        return new RouteTable(Map.of(), seed).with(byHost);
    }

    /**
     * This table with other routes for some hosts. Costs what these routes cost, and an entry of a map for each host.
     *
     * @param changed all routes of each of these hosts, in order of precedence; none takes the host away
     * @throws IllegalArgumentException if a route is for another host than that under which it is given
     */
    public RouteTable with(Map<HostMatch, List<Route>> changed) {
        Map<HostMatch, HostRoutes> next = new LinkedHashMap<>(hosts);
        changed.forEach((host, routes) -> {
            if (routes.isEmpty()) {
                next.remove(host);
            } else {
                next.put(host, new HostRoutes(host, routes, seed));
            }
        });
        return new RouteTable(next, seed);
    }

    /**
     * Hot path: the route for a request; allocates nothing.
     *
     * @param host holds the host as {@link io.fairlead.ingress.route.request.RequestHost} delimits it, in any case
     * @param path holds the path as {@link io.fairlead.ingress.route.request.RequestPath} normalises it, without query.
     *     What does not begin with a slash gets the host's default
     * @return never nothing: without any route, {@link Route#NO_MATCH}
     */
    public Route lookup(byte[] host, int hostFrom, int hostTo, byte[] path, int pathFrom, int pathTo) {
        Route found = index.find(host, hostFrom, hostTo).find(path, pathFrom, pathTo);
        return found != null ? found : defaultRoute;
    }

    /** Why {@link #lookup} returns what it does for this host and path, which are in the form that it takes. */
    public RouteExplanation explain(String host, String path) {
        return new RouteExplainer(index, defaultRoute).explain(host, path);
    }

    /** All routes that can get requests, the hosts in no order that means anything. */
    public List<Route> routes() {
        return hosts.values().stream()
                .flatMap(routes -> routes.routes().stream())
                .toList();
    }

    /** Those of one host that cannot get requests, because of another one for the same path. */
    public List<ShadowedRoute> shadowed(HostMatch host) {
        HostRoutes routes = hosts.get(host);
        return routes == null ? List.of() : routes.shadowed();
    }

    /** All routes that cannot, because of another one for the same host and path. */
    public List<ShadowedRoute> shadowed() {
        return hosts.values().stream()
                .flatMap(routes -> routes.shadowed().stream())
                .toList();
    }
}
