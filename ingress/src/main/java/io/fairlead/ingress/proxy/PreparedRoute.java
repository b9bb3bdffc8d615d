package io.fairlead.ingress.proxy;

import io.fairlead.ingress.account.RouteStats;
import io.fairlead.ingress.route.Route;
import io.fairlead.ingress.route.RouteAction;
import io.fairlead.ingress.upstream.UpstreamGroup;
import java.util.Set;
import java.util.function.Function;

/**
 * A route with its actions prepared.
 *
 * <p>Immutable.
 */
public final class PreparedRoute {

    private final Route route;
    private final PreparedAction secure;
    private final PreparedAction plain;
    private final RouteStats stats;

    private PreparedRoute(Route route, PreparedAction secure, PreparedAction plain, RouteStats stats) {
        this.route = route;
        this.secure = secure;
        this.plain = plain;
        this.stats = stats;
    }

    /**
     * @param groups gives the endpoints that an action names
     * @param stats where its requests are counted
     */
    public static PreparedRoute of(Route route, Function<RouteAction.Forward, UpstreamGroup> groups, RouteStats stats) {
        PreparedAction secure = prepare(route, route.action(), groups);
        boolean same = route.action().equals(route.plainAction());
        PreparedAction plain = same ? secure : prepare(route, route.plainAction(), groups);
        return new PreparedRoute(route, secure, plain, stats);
    }

    private static PreparedAction prepare(
            Route route, RouteAction action, Function<RouteAction.Forward, UpstreamGroup> groups) {
        return switch (action) {
            case RouteAction.Forward forward -> new ForwardTarget(route.path(), forward, groups.apply(forward));
            case RouteAction.Redirect redirect -> new RedirectTarget(route.path(), redirect);
            case RouteAction.Respond respond -> Reply.of(respond.status(), respond.reason());
        };
    }

    public Route route() {
        return route;
    }

    /** Adds the groups that it forwards to. */
    void addGroups(Set<UpstreamGroup> used) {
        if (secure instanceof ForwardTarget forward) {
            used.add(forward.group());
        }
        if (plain instanceof ForwardTarget forward) {
            used.add(forward.group());
        }
    }

    /** Hot path. */
    RouteStats stats() {
        return stats;
    }

    /** Hot path. */
    PreparedAction actionFor(boolean overTls) {
        return overTls ? secure : plain;
    }
}
