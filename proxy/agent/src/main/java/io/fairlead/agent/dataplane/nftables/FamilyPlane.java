package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.dataplane.Counts;
import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.dataplane.nftables.ElementSync.Pass;
import io.fairlead.agent.dataplane.nftables.ElementSync.TableStep;
import io.fairlead.agent.plan.Addresses;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.kernel.DeltaTracker.Pending;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftRule;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTableState;
import io.fairlead.kernel.nft.NftVerdicts;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The table of one family: desired against observed, and the synchronisation of the two.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class FamilyPlane {

    private static final EnumSet<Pending> ARRIVALS = EnumSet.of(Pending.ADD, Pending.REPLACE);
    private static final EnumSet<Pending> DEPARTURES = EnumSet.of(Pending.DELETE);
    private static final EnumSet<Pending> ALL = EnumSet.of(Pending.ADD, Pending.REPLACE, Pending.DELETE);

    private final Nft nft;
    private final Layout layout;
    private final boolean owned;
    private final Keys keys;
    private final NftVerdicts verdicts = new NftVerdicts();
    private final Structure structure;
    private final Elements elements;
    private final RouteBook routes;
    private final AffinityRenderer affinity;
    private final ServiceRenderer renderer;
    private final Counts<IpAddress> clusterIps = new Counts<>();

    private TableStep step = TableStep.CLAIM;
    private boolean foundLoopbackGuard;
    private NodeSettings settings;
    private boolean settingsDesired;
    private Set<Integer> prefixLengths = Set.of();

    /**
     * Reads back what an earlier run left.
     *
     * @param settings whose pod detector holds for the life of this object
     */
    FamilyPlane(Nft nft, Layout layout, boolean owned, NodeSettings settings) {
        this.nft = nft;
        this.layout = layout;
        this.owned = owned;
        this.settings = settings;
        this.keys = new Keys(layout.family);
        this.structure = new Structure();
        this.elements = new Elements(layout);
        this.routes = new RouteBook(layout, structure, new Programs(layout, settings));
        AffinityMemory memory = new AffinityMemory(nft, layout, keys);
        this.affinity = new AffinityRenderer(layout, keys, structure, elements, routes, memory);
        this.renderer = new ServiceRenderer(keys, elements, routes, affinity, settings, layout.translates());
        observe();
    }

    private void observe() {
        NftTableState state = nft.read(layout.table);
        if (!state.exists()) {
            return;
        }
        foundLoopbackGuard = state.chains().containsKey(Layout.LOOPBACK_GUARD.name());
        boolean sameLayout = state.chains().containsKey(Layout.VERSION_CHAIN)
                && !state.chains().containsKey(layout.chainOfAnotherKind())
                && layout.fixedSets().stream()
                        .allMatch(set -> set.equals(state.sets().getOrDefault(set.name(), set)));
        if (!sameLayout) {
            step = TableStep.REPLACE;
            return;
        }
        state.sets().values().forEach(structure::observeSet);
        state.chains()
                .keySet()
                .forEach(name ->
                        structure.observeChain(name, state.ruleComments().getOrDefault(name, List.of())));
        for (NftSet set : state.sets().values()) {
            elements.tracked(set).ifPresent(tracked -> observeElements(tracked));
        }
        for (NftSet map : List.of(layout.routes, layout.picks)) {
            if (state.sets().containsKey(map.name())) {
                observeRoutes(map);
            }
        }
    }

    private void observeRoutes(NftSet map) {
        nft.readElements(layout.table, map, verdicts, (key, value) -> {
            int verdict = (value[0] & 0xff) << 24 | (value[1] & 0xff) << 16 | (value[2] & 0xff) << 8 | value[3] & 0xff;
            Structure.Route route = new Structure.Route(map, Keys.readHostInt(key, 0));
            structure.observeRoute(route, verdicts.verdict(verdict));
        });
    }

    private void observeElements(TrackedSet tracked) {
        nft.readElements(layout.table, tracked.set(), verdicts, tracked.tracker()::observe);
    }

    /** Whether an earlier run left the guard of the loopback network, of whatever layout. */
    boolean foundLoopbackGuard() {
        return foundLoopbackGuard;
    }

    /** Whether the guard of the loopback network is wanted and in the kernel. */
    boolean guardsLoopback() {
        return structure.chainStands(Layout.LOOPBACK_GUARD.name());
    }

    /** Applies changes of Services and settings, and whatever is still pending. */
    SyncResult apply(List<ServiceChange> changes, NodeSettings newSettings) {
        if (!newSettings.equals(settings)) {
            settings = newSettings;
            settingsDesired = false;
            routes.reprogram(new Programs(layout, newSettings));
            affinity.reprogram();
        }
        desire(changes);
        Set<Integer> lengths = elements.sourceLengths();
        if (!settingsDesired || !prefixLengths.equals(lengths)) {
            desireSettings(lengths);
        }
        ElementSync sync = new ElementSync(nft, layout, structure, verdicts, keys);
        SyncResult result = sync.run(step, owned, passes());
        elements.all().forEach(set -> set.tracker().compactQueue());
        if (!result.dirty()) {
            step = TableStep.NONE;
            elements.dropUnusedSources();
        }
        return result;
    }

    /**
     * All departures first: an address that moves from one Service to another must end as the other's. (What is done
     * for a Service has methods of its own: they are compiled in the middle of a cold start, a loop's body is not.)
     */
    private void desire(List<ServiceChange> changes) {
        for (ServiceChange change : changes) {
            depart(change.before(), change.after());
        }
        for (ServiceChange change : changes) {
            arrive(change.before(), change.after());
        }
        renderer.finishChange();
    }

    private void depart(ServicePlan before, ServicePlan after) {
        for (PortPlan port : before.ports()) {
            if (port.family() == layout.family && !after.ports().contains(port)) {
                renderer.remove(port);
            }
        }
        if (layout.translates()) {
            before.clusterIps().forEach(this::unguard);
        }
    }

    private void arrive(ServicePlan before, ServicePlan after) {
        for (PortPlan port : after.ports()) {
            if (port.family() == layout.family && !before.ports().contains(port)) {
                renderer.add(port);
            }
        }
        if (layout.translates()) {
            after.clusterIps().forEach(this::guard);
        }
    }

    /** What is addressed to no port of this address is refused; beside IPVS whoever binds addresses says which. */
    void guard(IpAddress address) {
        if (address.family() == layout.family && clusterIps.add(address)) {
            elements.clusterIps.tracker().desire(keys.address(address), Keys.NO_VALUE);
        }
    }

    /** Takes one {@link #guard} back. */
    void unguard(IpAddress address) {
        if (address.family() == layout.family && clusterIps.remove(address)) {
            elements.clusterIps.tracker().undesire(keys.address(address));
        }
    }

    /** Sets, chains and addresses that follow from the settings and from the source ranges in use. */
    private void desireSettings(Set<Integer> lengths) {
        Programs programs = routes.programs();
        layout.fixedSets().forEach(structure::wantSet);
        prefixLengths.forEach(length -> structure.unwantSet(layout.sources(length)));
        lengths.forEach(length -> structure.wantSet(layout.sources(length)));
        prefixLengths = Set.copyOf(lengths);
        wantChain(Layout.VERSION_CHAIN, List.of());
        wantChain(Layout.REJECT, programs.reject());
        if (layout.kind == Layout.Kind.AFTER_IPVS) {
            wantChain(Layout.GUARD, programs.guard());
            structure.wantChain(Layout.INPUT_GUARD, programs.newConnectionsTo(Layout.GUARD));
            settingsDesired = true;
            return;
        }
        wantChain(Layout.SOURCE_CHECK, programs.sourceCheck(new TreeSet<>(lengths).descendingSet()));
        wantChain(Layout.NODE_PORTS, programs.nodePorts());
        wantChain(Layout.SERVICES, programs.services());
        structure.wantChain(Layout.POSTROUTING, programs.postrouting());
        structure.wantChain(Layout.PREROUTING, programs.jumpTo(Layout.SERVICES));
        structure.wantChain(Layout.OUTPUT, programs.jumpTo(Layout.SERVICES));
        if (layout.translates()) {
            wantChain(Layout.GUARD, programs.guard());
            structure.wantChain(Layout.FORWARD_GUARD, programs.newConnectionsTo(Layout.GUARD));
            structure.wantChain(Layout.OUTPUT_GUARD, programs.newConnectionsTo(Layout.GUARD));
        }
        if (layout.family == IpFamily.IPV4 && settings.servesLoopback()) {
            structure.wantChain(Layout.LOOPBACK_GUARD, programs.loopbackGuard());
        } else {
            structure.unwantChain(Layout.LOOPBACK_GUARD.name());
        }
        desireNodeAddresses();
        settingsDesired = true;
    }

    private void wantChain(String name, List<NftRule> rules) {
        structure.wantChain(NftChain.regular(name), rules);
    }

    private void desireNodeAddresses() {
        List<byte[]> before = new ArrayList<>();
        elements.nodeAddresses.tracker().forEachDesired((key, _) -> before.add(key.clone()));
        before.forEach(elements.nodeAddresses.tracker()::undesire);
        for (IpAddress address : settings.nodePortAddresses()) {
            if (address.family() == layout.family && !address.equals(Addresses.LOOPBACK_V6)) {
                elements.nodeAddresses.tracker().desire(keys.address(address), Keys.NO_VALUE);
            }
        }
    }

    /** Backends and permissions before what needs them, and after it when they leave. */
    private List<Pass> passes() {
        List<Pass> passes = new ArrayList<>();
        for (TrackedSet set : elements.needed()) {
            passes.add(new Pass(set, ARRIVALS));
        }
        passes.add(new Pass(elements.restricted, ARRIVALS));
        passes.add(new Pass(elements.shortCircuits, ARRIVALS));
        passes.add(new Pass(elements.localRoutes, ARRIVALS));
        passes.add(new Pass(elements.services, ALL));
        passes.add(new Pass(elements.localRoutes, DEPARTURES));
        passes.add(new Pass(elements.shortCircuits, DEPARTURES));
        passes.add(new Pass(elements.restricted, DEPARTURES));
        for (TrackedSet set : elements.needed()) {
            passes.add(new Pass(set, DEPARTURES));
        }
        return passes;
    }
}
