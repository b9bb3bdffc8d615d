package io.fairlead.agent.dataplane.iptables;

import io.fairlead.agent.dataplane.Counts;
import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.Hairpin;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.Routing;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.kernel.iptables.IptablesRule;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Table nat: from frontends to backends, and who is masqueraded.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class Translation {

    private final Table table;
    private final IpFamily family;
    private final NodeSettings settings;
    private final Dispatch frontends;
    /** Backends that may reach themselves, by their address. */
    private final DispatchTree hairpins;

    private final Counts<IpAddress> hairpinUsers = new Counts<>();

    /** @param settings whose pod detector and mark hold for the life of this object */
    Translation(Table table, IpFamily family, NodeSettings settings) {
        this.table = table;
        this.family = family;
        this.settings = settings;
        this.frontends = new Dispatch(table, family);
        this.hairpins = new DispatchTree(table, Names.HAIRPIN, Digits.sources(family), Digits.width(family));
    }

    /** All departures first: an address that moves from one Service to another must end as the other's. */
    void change(List<ServiceChange> changes) {
        for (ServiceChange change : changes) {
            ports(change.before(), change.after()).forEach(this::depart);
        }
        for (ServiceChange change : changes) {
            ports(change.after(), change.before()).forEach(this::arrive);
        }
        frontends.refresh();
        hairpins.refresh();
    }

    /** The ports of one plan that the other does not have. */
    private List<PortPlan> ports(ServicePlan plan, ServicePlan other) {
        return plan.ports().stream()
                .filter(port -> port.family() == family && !other.ports().contains(port))
                .toList();
    }

    private void depart(PortPlan port) {
        for (Frontend frontend : port.frontends()) {
            frontends.remove(frontend.key(), rule(port, frontend));
        }
        PortChains.of(port, settings).keySet().forEach(table::unwant);
        for (IpAddress address : hairpins(port)) {
            if (hairpinUsers.remove(address)) {
                hairpins.remove(Digits.of(address), hairpin(address));
            }
        }
    }

    private void arrive(PortPlan port) {
        for (Frontend frontend : port.frontends()) {
            frontends.put(frontend.key(), rule(port, frontend));
        }
        PortChains.of(port, settings).forEach(table::want);
        for (IpAddress address : hairpins(port)) {
            if (hairpinUsers.add(address)) {
                hairpins.put(Digits.of(address), hairpin(address));
            }
        }
    }

    private static IptablesRule rule(PortPlan port, Frontend frontend) {
        IptablesRule.Builder rule = Dispatch.rule(frontend);
        boolean refusesAll = frontend.routing() == Routing.REJECT || frontend.routing() == Routing.DROP;
        // What the filter refuses must not be taken for a NodePort, or for somebody else's business.
        return refusesAll ? rule.accept() : rule.go(PortChains.entry(port, frontend));
    }

    private Set<IpAddress> hairpins(PortPlan port) {
        Set<IpAddress> addresses = new TreeSet<>();
        for (List<Backend> backends : List.of(port.cluster(), port.local())) {
            for (Backend backend : backends) {
                if (Hairpin.possible(port, backend, settings.localPods())) {
                    addresses.add(backend.address());
                }
            }
        }
        return addresses;
    }

    private IptablesRule hairpin(IpAddress address) {
        int bits = family.addressBits();
        return IptablesRule.rule()
                .source(address.toString(), bits)
                .destination(address.toString(), bits)
                .connection("DNAT")
                .masquerade();
    }
}
