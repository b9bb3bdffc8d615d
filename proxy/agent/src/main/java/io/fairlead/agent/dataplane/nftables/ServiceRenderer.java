package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.dataplane.Counts;
import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.ClientRule;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.agent.plan.Hairpin;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.Routing;
import io.fairlead.agent.plan.Scope;
import io.fairlead.agent.plan.Verdict;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.kernel.DeltaTracker;
import java.util.List;

/**
 * Translates Service ports into elements and routes of the table. What {@code add} desires {@code remove} takes back.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class ServiceRenderer {

    private final Keys keys;
    private final Elements elements;
    private final RouteBook routes;
    private final AffinityRenderer affinity;
    private final NodeSettings settings;
    private final boolean translates;

    private final Counts<IpAddress> hairpins = new Counts<>();

    /**
     * @param settings whose pod detector holds for the life of the renderer
     * @param translates whether the table chooses backends
     */
    ServiceRenderer(
            Keys keys,
            Elements elements,
            RouteBook routes,
            AffinityRenderer affinity,
            NodeSettings settings,
            boolean translates) {
        this.translates = translates;
        this.keys = keys;
        this.elements = elements;
        this.routes = routes;
        this.affinity = affinity;
        this.settings = settings;
    }

    void add(PortPlan port) {
        boolean sticky = translates && affinity.applies(port);
        if (sticky) {
            affinity.addBackends(port);
        }
        for (Frontend frontend : port.frontends()) {
            addSources(frontend);
            if (sticky) {
                desireRoute(elements.services, frontend, affinity.acquireRoute(port, frontend.routing()));
            } else {
                addPlain(port, frontend);
            }
        }
        for (Scope scope : Scope.values()) {
            for (Backend backend : port.backends(scope)) {
                if (Hairpin.possible(port, backend, settings.localPods()) && hairpins.add(backend.address())) {
                    elements.hairpins.tracker().desire(keys.pair(backend.address()), Keys.NO_VALUE);
                }
            }
        }
    }

    void remove(PortPlan port) {
        boolean sticky = translates && affinity.applies(port);
        for (Frontend frontend : port.frontends()) {
            removeSources(frontend);
            if (sticky) {
                elements.services.tracker().undesire(keys.frontend(frontend.key()));
                affinity.releaseRoute(port, frontend.routing());
            } else {
                removePlain(port, frontend);
            }
        }
        if (sticky) {
            affinity.removeBackends(port);
        }
        for (Scope scope : Scope.values()) {
            for (Backend backend : port.backends(scope)) {
                if (Hairpin.possible(port, backend, settings.localPods()) && hairpins.remove(backend.address())) {
                    elements.hairpins.tracker().undesire(keys.pair(backend.address()));
                }
            }
        }
    }

    /** To be called when all ports of a change were removed and added. */
    void finishChange() {
        affinity.forgetRemoved();
    }

    private void addPlain(PortPlan port, Frontend frontend) {
        if (!translates) {
            desireRoute(elements.services, frontend, routes.acquire(admission(frontend)));
            return;
        }
        FrontendKey key = frontend.key();
        for (Scope scope : Scope.values()) {
            if (uses(frontend.routing(), scope)) {
                addBackends(elements.backends(scope), key, port.backends(scope));
            }
        }
        if (choosesByClient(frontend.routing())) {
            boolean nodePort = key.address().isUnspecified();
            int all =
                    RouteNumber.shared(Routing.DIRECT, nodePort, port.cluster().size());
            desireRoute(elements.shortCircuits, frontend, routes.acquirePick(all));
            if (uses(frontend.routing(), Scope.LOCAL)) {
                int local = RouteNumber.shared(
                        Routing.DIRECT_LOCAL, nodePort, port.local().size());
                desireRoute(elements.localRoutes, frontend, routes.acquirePick(local));
            }
        }
        desireRoute(elements.services, frontend, routes.acquire(route(port, frontend)));
    }

    private void removePlain(PortPlan port, Frontend frontend) {
        FrontendKey key = frontend.key();
        elements.services.tracker().undesire(keys.frontend(key));
        if (!translates) {
            routes.release(admission(frontend));
            return;
        }
        routes.release(route(port, frontend));
        if (choosesByClient(frontend.routing())) {
            boolean nodePort = key.address().isUnspecified();
            elements.shortCircuits.tracker().undesire(keys.frontend(key));
            routes.releasePick(
                    RouteNumber.shared(Routing.DIRECT, nodePort, port.cluster().size()));
            if (uses(frontend.routing(), Scope.LOCAL)) {
                elements.localRoutes.tracker().undesire(keys.frontend(key));
                routes.releasePick(RouteNumber.shared(
                        Routing.DIRECT_LOCAL, nodePort, port.local().size()));
            }
        }
        for (Scope scope : Scope.values()) {
            if (uses(frontend.routing(), scope)) {
                DeltaTracker tracker = elements.backends(scope).tracker();
                keys.indexed(key);
                for (int index = 0; index < port.backends(scope).size(); index++) {
                    tracker.undesire(keys.index(index));
                }
            }
        }
    }

    /** The route of a frontend whose backend IPVS chooses. */
    private static int admission(Frontend frontend) {
        return RouteNumber.shared(frontend.routing(), false, 0);
    }

    /** The route of a frontend without affinity. */
    private static int route(PortPlan port, Frontend frontend) {
        Routing routing = frontend.routing();
        if (routing == Routing.REJECT || routing == Routing.DROP) {
            return RouteNumber.shared(routing, false, 0);
        }
        boolean nodePort = frontend.key().address().isUnspecified();
        if (choosesByClient(routing)) {
            return RouteNumber.shared(Routing.PRESERVE_SOURCE, nodePort, 0);
        }
        Scope scope = routing.rules().getFirst().scope();
        return RouteNumber.shared(routing, nodePort, port.backends(scope).size());
    }

    /** Whether the list of backends depends on the client, so that a second map names the route. */
    private static boolean choosesByClient(Routing routing) {
        return routing == Routing.PRESERVE_SOURCE || routing == Routing.PRESERVE_SOURCE_ELSEWHERE;
    }

    private static boolean uses(Routing routing, Scope scope) {
        for (ClientRule rule : routing.rules()) {
            if (rule.verdict() == Verdict.FORWARD && rule.scope() == scope) {
                return true;
            }
        }
        return false;
    }

    private void desireRoute(TrackedSet map, Frontend frontend, int route) {
        map.tracker().desire(keys.frontend(frontend.key()), keys.number(route));
    }

    private void addBackends(TrackedSet map, FrontendKey key, List<Backend> backends) {
        byte[][] values = new byte[backends.size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = keys.backend(backends.get(i));
        }
        keys.indexed(key);
        byte[][] placed = Placement.place(values, map.tracker(), keys);
        for (int index = 0; index < placed.length; index++) {
            map.tracker().desire(keys.index(index), placed[index]);
        }
    }

    private void addSources(Frontend frontend) {
        if (!frontend.sourceRanges().isEmpty()) {
            elements.restricted.tracker().desire(keys.frontend(frontend.key()), Keys.NO_VALUE);
        }
        for (IpPrefix range : frontend.sourceRanges()) {
            elements.sources(range.length()).tracker().desire(keys.source(frontend.key(), range), Keys.NO_VALUE);
        }
    }

    private void removeSources(Frontend frontend) {
        if (!frontend.sourceRanges().isEmpty()) {
            elements.restricted.tracker().undesire(keys.frontend(frontend.key()));
        }
        for (IpPrefix range : frontend.sourceRanges()) {
            elements.sources(range.length()).tracker().undesire(keys.source(frontend.key(), range));
        }
    }
}
