package io.fairlead.ingress.proxy;

import io.fairlead.ingress.account.RouteBook;
import io.fairlead.ingress.destination.Destinations;
import io.fairlead.ingress.route.BackendGroup;
import io.fairlead.ingress.route.Route;
import io.fairlead.ingress.route.RouteAction;
import io.fairlead.ingress.route.RouteTable;
import io.fairlead.ingress.route.policy.BackendConnection;
import io.fairlead.ingress.route.policy.StickySession;
import io.fairlead.ingress.upstream.SessionKeys;
import io.fairlead.ingress.upstream.UpstreamGroup;
import io.fairlead.ingress.upstream.UpstreamGroups;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts routes and endpoints in force. What did not change is shared with what was in force before; no connection is
 * touched.
 *
 * <p>Confined to the thread that publishes.
 */
public final class RoutePublisher {

    private final UpstreamGroups groups;
    private final RoutingReference routings;
    private final RouteBook stats;
    private Set<UpstreamGroup> passedThrough = Set.of();
    private IdentityHashMap<Route, PreparedRoute> prepared = new IdentityHashMap<>();

    /** @param stats where requests are counted */
    public RoutePublisher(UpstreamGroups groups, RoutingReference routings, RouteBook stats) {
        this.groups = groups;
        this.routings = routings;
        this.stats = stats;
    }

    /**
     * Says where the requests of some groups go. Groups that routes to come name are told first, so that no request meets
     * a route whose endpoints are not known.
     *
     * @param gone groups that no route names any longer
     */
    public void publish(Map<BackendGroup, Destinations> changed, Set<BackendGroup> gone) {
        changed.forEach(groups::set);
        gone.forEach(groups::remove);
    }

    /** The endpoints that get connections as they are, without HTTP in between. */
    public UpstreamGroup group(BackendGroup name) {
        return groups.of(name, BackendConnection.DEFAULT);
    }

    /** These groups are used although no route names them, instead of those of the call before. */
    public void passThrough(Set<UpstreamGroup> used) {
        passedThrough = Set.copyOf(used);
    }

    /** Secrets changed: TLS with backends may be another one. */
    public void renewSecurity() {
        groups.secure();
    }

    /** Puts other routes in force. */
    public void publish(RouteTable table) {
        IdentityHashMap<Route, PreparedRoute> next = new IdentityHashMap<>();
        Set<UpstreamGroup> used = new HashSet<>(passedThrough);
        List<PreparedRoute> all = new ArrayList<>();
        for (Route route : table.routes()) {
            PreparedRoute known = prepared.get(route);
            PreparedRoute each = known != null ? known : PreparedRoute.of(route, this::group, stats.of(route));
            next.put(route, each);
            all.add(each);
            each.addGroups(used);
        }
        prepared = next;
        routings.publish(new Routing(table, all, stats));
        groups.retain(used);
    }

    private UpstreamGroup group(RouteAction.Forward forward) {
        UpstreamGroup group = groups.of(forward.backend(), forward.policy().connection());
        if (forward.policy().balancing().sticky() instanceof StickySession.Cookie) {
            groups.stick(group);
        }
        return group;
    }

    /** Session cookies are signed with other keys. */
    public void signSessions(SessionKeys keys) {
        groups.signSessions(keys);
    }
}
