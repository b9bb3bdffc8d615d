package io.fairlead.agent.plan;

import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Service;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The plan of a node, kept up to date: plans touched Services again, settles who owns which address, and says what
 * changed. What it holds depends only on the last snapshot and facts, never on the way there.
 *
 * <p>Confined to the proxy loop's thread.
 */
public final class NodePlanner {

    /** Before anything is known; no data plane was ever given other settings than these or later ones. */
    public static final NodeSettings NO_SETTINGS = new NodeSettings(List.of(), new LocalPods.Unknown(), 0, List.of());

    /** What was planned for a Service, and the part of it that the Service owns. */
    private record Planned(ServicePlan plan, ServicePlan effective) {}

    /** In the order of their names as far as they came in it, so that sorting them again costs next to nothing. */
    private final Map<ObjectName, Planned> planned = new LinkedHashMap<>();

    private final OwnerIndex owners = new OwnerIndex();
    private final Map<ObjectName, String> setAside = new TreeMap<>();
    private NodeSettings settings = NO_SETTINGS;

    /**
     * Plans again.
     *
     * @param touched Services that may have changed, or all known ones if the facts did
     */
    public NodePlanDelta update(
            SortedSet<ObjectName> touched, ClusterSnapshot snapshot, NodeFacts facts, NodeSettings newSettings) {
        List<ServicePlan> changed = new ArrayList<>();
        Set<ObjectName> affected = new HashSet<>();
        NameLookup<Service> services = new NameLookup<>(snapshot.services(), touched.size());
        NameLookup<List<EndpointSlice>> slices = new NameLookup<>(snapshot.slices(), touched.size());
        for (ObjectName name : touched) {
            ServicePlan before = plan(name);
            ServicePlan after = planOrKeep(name, services.find(name), slices.find(name), facts, before);
            if (!after.equals(before)) {
                changed.add(after);
                release(before, affected);
            }
        }
        for (ServicePlan plan : changed) {
            claim(plan, affected);
        }
        addPlansOf(affected, changed);
        List<NodePlanDelta.ServiceChange> changes = new ArrayList<>(changed.size());
        for (ServicePlan plan : changed) {
            settle(plan, changes);
        }
        NodeSettings settingsBefore = settings;
        settings = newSettings;
        return new NodePlanDelta(changes, settingsBefore, newSettings);
    }

    /** Adds the plans of Services that gained or lost an address to another one's change. The order stays. */
    private void addPlansOf(Set<ObjectName> affected, List<ServicePlan> changed) {
        if (affected.isEmpty()) {
            return;
        }
        for (ServicePlan plan : changed) {
            affected.remove(plan.service());
        }
        for (ObjectName name : affected) {
            changed.add(plan(name));
        }
        changed.sort(Comparator.comparing(ServicePlan::service));
    }

    private void release(ServicePlan plan, Set<ObjectName> affected) {
        for (PortPlan port : plan.ports()) {
            for (Frontend frontend : port.frontends()) {
                owners.release(frontend, affected);
            }
        }
    }

    private void claim(ServicePlan plan, Set<ObjectName> affected) {
        for (PortPlan port : plan.ports()) {
            for (Frontend frontend : port.frontends()) {
                owners.claim(frontend, affected);
            }
        }
    }

    /** The whole plan as a change from nothing, for a data plane that starts again. */
    public NodePlanDelta everything() {
        List<NodePlanDelta.ServiceChange> changes = new ArrayList<>();
        List<ObjectName> names = new ArrayList<>(planned.keySet());
        Collections.sort(names);
        for (ObjectName name : names) {
            ServicePlan effective = effectivePlan(name);
            if (!effective.isNothing()) {
                changes.add(new NodePlanDelta.ServiceChange(ServicePlan.nothing(name), effective));
            }
        }
        return new NodePlanDelta(changes, NO_SETTINGS, settings);
    }

    /** The Services that there is a plan for. */
    public Set<ObjectName> services() {
        return Collections.unmodifiableSet(planned.keySet());
    }

    /** The plan of a Service as data planes have it; nothing if there is none. */
    public ServicePlan effectivePlan(ObjectName name) {
        Planned known = planned.get(name);
        return known == null ? ServicePlan.nothing(name) : known.effective;
    }

    /** Who owns an address and port. */
    public Optional<Frontend> owner(FrontendKey key) {
        return owners.owner(key);
    }

    /** Addresses and ports that more than one Service claims, each with its claims, the owner first. */
    public Map<FrontendKey, List<Frontend>> contested() {
        return owners.contested();
    }

    /** Services that could not be planned, each with the field and the reason; their last good plan stays in force. */
    public Map<ObjectName, String> setAside() {
        return Collections.unmodifiableMap(setAside);
    }

    public NodeSettings settings() {
        return settings;
    }

    private ServicePlan plan(ObjectName name) {
        Planned known = planned.get(name);
        return known == null ? ServicePlan.nothing(name) : known.plan;
    }

    private ServicePlan planOrKeep(
            ObjectName name,
            @Nullable Service service,
            @Nullable List<EndpointSlice> slices,
            NodeFacts facts,
            ServicePlan before) {
        setAside.remove(name);
        if (service == null) {
            return ServicePlan.nothing(name);
        }
        try {
            return ServicePlanner.plan(service, slices == null ? List.of() : slices, facts);
        } catch (UnplannableException e) {
            setAside.put(name, String.valueOf(e.getMessage()));
            return before;
        }
    }

    /** Notes the plan of a Service and, if the part that it owns changed, the change. */
    private void settle(ServicePlan plan, List<NodePlanDelta.ServiceChange> changes) {
        ObjectName name = plan.service();
        ServicePlan before = effectivePlan(name);
        ServicePlan after = owned(plan);
        if (plan.isNothing()) {
            planned.remove(name);
        } else {
            planned.put(name, new Planned(plan, after));
        }
        if (!after.equals(before)) {
            changes.add(new NodePlanDelta.ServiceChange(before, after));
        }
    }

    /**
     * The plan without frontends that others own; the plan itself if there is none. A port whose ClusterIP belongs to
     * another Service has lost its identity and keeps no frontend.
     */
    private ServicePlan owned(ServicePlan plan) {
        List<PortPlan> ports = new ArrayList<>(plan.ports().size());
        boolean all = true;
        for (PortPlan port : plan.ports()) {
            if (ownsAll(port)) {
                ports.add(port);
            } else {
                all = false;
                boolean identified = owners.owns(port.frontends().getFirst());
                ports.add(port.withFrontends(
                        identified
                                ? port.frontends().stream().filter(owners::owns).toList()
                                : List.of()));
            }
        }
        return all ? plan : new ServicePlan(plan.service(), plan.clusterIps(), List.copyOf(ports), plan.healthCheck());
    }

    private boolean ownsAll(PortPlan port) {
        for (Frontend frontend : port.frontends()) {
            if (!owners.owns(frontend)) {
                return false;
            }
        }
        return true;
    }
}
