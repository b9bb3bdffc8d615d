package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.Routing;
import io.fairlead.agent.plan.Scope;
import io.fairlead.agent.plan.ServicePortName;
import io.fairlead.kernel.DeltaTracker;
import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftVerdict;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The part of {@link ServiceRenderer} for Service ports with ClientIP affinity: chains and a record map of their own,
 * and elements kept under their ClusterIP, whatever address a client used.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class AffinityRenderer {

    private static final long MILLIS = 1000;

    private final Layout layout;
    private final Keys keys;
    private final Structure structure;
    private final Elements elements;
    private final RouteBook routes;
    private final AffinityMemory memory;

    /** Ports in force, for the settings to change under them. */
    private final Map<ServicePortName, PortPlan> plans = new HashMap<>();

    private final Set<ServicePortName> removed = new HashSet<>();
    private int nextRoute;

    AffinityRenderer(
            Layout layout, Keys keys, Structure structure, Elements elements, RouteBook routes, AffinityMemory memory) {
        this.layout = layout;
        this.keys = keys;
        this.structure = structure;
        this.elements = elements;
        this.routes = routes;
        this.memory = memory;
    }

    /**
     * Whether a port has affinity and anything to stick to. A port that lost all its frontends has not: its ClusterIP,
     * under which its elements would be kept, may be another's.
     */
    boolean applies(PortPlan port) {
        return port.affinitySeconds() > 0
                && !port.frontends().isEmpty()
                && (!port.cluster().isEmpty() || !port.local().isEmpty());
    }

    void addBackends(PortPlan port) {
        AffinityPort sticky = memory.port(port, elements, structure);
        sticky.retain(port);
        plans.put(port.name(), port);
        removed.remove(port.name());
        structure.wantSet(sticky.clients());
        for (Scope scope : Scope.values()) {
            addSlots(sticky, elements.slots(scope), elements.backends(scope), port.backends(scope));
        }
        program(port, sticky);
    }

    void removeBackends(PortPlan port) {
        AffinityPort sticky = memory.port(port, elements, structure);
        plans.remove(port.name());
        removed.add(port.name());
        for (Scope scope : Scope.values()) {
            List<Backend> backends = port.backends(scope);
            DeltaTracker slots = elements.slots(scope).tracker();
            DeltaTracker targets = elements.backends(scope).tracker();
            keys.indexed(sticky.key());
            for (int index = 0; index < backends.size(); index++) {
                slots.undesire(keys.index(index));
                targets.undesire(keys.index(sticky.slot(backends.get(index))));
            }
            structure.unwantChain(sticky.pickChain(scope));
        }
        structure.unwantSet(sticky.clients());
    }

    /** Ports that were removed and not added again lose their memory. */
    void forgetRemoved() {
        removed.forEach(memory::forget);
        removed.clear();
    }

    /** The route number of one routing of a port; several frontends may share it. */
    int acquireRoute(PortPlan port, Routing routing) {
        if (routing == Routing.REJECT || routing == Routing.DROP) {
            return routes.acquire(RouteNumber.shared(routing, false, 0));
        }
        AffinityPort sticky = memory.port(port, elements, structure);
        NftVerdict verdict = new NftVerdict.Goto(sticky.routeChain(routing));
        int number = sticky.routes().computeIfAbsent(routing, _ -> freeRoute(verdict));
        structure.wantRoute(route(number), verdict);
        structure.wantChain(
                NftChain.regular(sticky.routeChain(routing)), routes.programs().affinityRoute(routing, sticky));
        return number;
    }

    void releaseRoute(PortPlan port, Routing routing) {
        if (routing == Routing.REJECT || routing == Routing.DROP) {
            routes.release(RouteNumber.shared(routing, false, 0));
            return;
        }
        AffinityPort sticky = memory.port(port, elements, structure);
        Integer number = sticky.routes().remove(routing);
        if (number != null) {
            structure.unwantRoute(route(number));
            structure.unwantChain(sticky.routeChain(routing));
        }
    }

    /** Writes all chains again, since the settings changed. */
    void reprogram() {
        for (PortPlan port : plans.values()) {
            AffinityPort sticky = memory.port(port, elements, structure);
            program(port, sticky);
            for (Routing routing : sticky.routes().keySet()) {
                structure.wantChain(
                        NftChain.regular(sticky.routeChain(routing)),
                        routes.programs().affinityRoute(routing, sticky));
            }
        }
    }

    private Structure.Route route(int number) {
        return new Structure.Route(layout.routes, number);
    }

    private int freeRoute(NftVerdict verdict) {
        return structure.observedRoute(verdict).orElseGet(() -> {
            while (structure.routeTaken(route(RouteNumber.AFFINITY | nextRoute))) {
                nextRoute = nextRoute + 1 & ~RouteNumber.AFFINITY;
            }
            return RouteNumber.AFFINITY | nextRoute;
        });
    }

    private void program(PortPlan port, AffinityPort sticky) {
        for (Scope scope : Scope.values()) {
            int count = port.backends(scope).size();
            if (count > 0) {
                structure.wantChain(
                        NftChain.regular(sticky.pickChain(scope)),
                        routes.programs().affinityPick(sticky, scope, count, port.affinitySeconds() * MILLIS));
            }
        }
    }

    private void addSlots(AffinityPort sticky, TrackedSet slots, TrackedSet targets, List<Backend> backends) {
        byte[][] numbers = new byte[backends.size()][];
        keys.indexed(sticky.key());
        for (int i = 0; i < numbers.length; i++) {
            int slot = sticky.slot(backends.get(i));
            numbers[i] = keys.number(slot).clone();
            targets.tracker().desire(keys.index(slot), keys.backend(backends.get(i)));
        }
        byte[][] placed = Placement.place(numbers, slots.tracker(), keys);
        for (int index = 0; index < placed.length; index++) {
            slots.tracker().desire(keys.index(index), placed[index]);
        }
    }
}
