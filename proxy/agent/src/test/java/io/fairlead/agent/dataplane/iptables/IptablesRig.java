package io.fairlead.agent.dataplane.iptables;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.agent.plan.ServicePlanner;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.iptables.Iptables;
import io.fairlead.kernel.iptables.IptablesRuleset;
import io.fairlead.kernel.iptables.IptablesTransaction;
import io.fairlead.kernel.iptables.fake.FakeIptablesKernel;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The data plane on a fake, with the plans that it was told of.
 *
 * <p>Confined to the test thread.
 */
final class IptablesRig {

    final FakeIptablesKernel kernel = new FakeIptablesKernel(InstantSource.system());
    /** What was sent to IPv4 since the last change. */
    final List<String> sent = new ArrayList<>();

    /** To how many ClusterIPs of IPv4 rules led, at the worst moment between two transactions. */
    int leastServed;

    private final Map<ObjectName, ServicePlan> plans = new TreeMap<>();
    private IptablesDataplane plane = open();
    private NodeSettings settings = Plans.SETTINGS;

    private IptablesDataplane open() {
        return new IptablesDataplane(List.of(new Watched(kernel.open(false)), kernel.open(true)), true, _ -> {});
    }

    /** Notes what it is told. */
    private final class Watched implements Iptables {

        private final Iptables tools;

        Watched(Iptables tools) {
            this.tools = tools;
        }

        @Override
        public boolean ipv6() {
            return tools.ipv6();
        }

        @Override
        public IptablesRuleset read(Collection<String> tables) {
            return tools.read(tables);
        }

        @Override
        public void apply(IptablesTransaction transaction) {
            transaction.toString().lines().forEach(sent::add);
            try {
                tools.apply(transaction);
            } finally {
                leastServed = Math.min(leastServed, served());
            }
        }
    }

    static ServicePlan plan(Service service, String... endpoints) {
        return ServicePlanner.plan(service, List.of(Plans.slice(service, endpoints)), Plans.NODE);
    }

    SyncResult apply(ServicePlan... changed) {
        List<ServiceChange> changes = new ArrayList<>();
        for (ServicePlan plan : changed) {
            ServicePlan before = plans.getOrDefault(plan.service(), ServicePlan.nothing(plan.service()));
            changes.add(new ServiceChange(before, plan));
            plans.put(plan.service(), plan);
        }
        return send(changes);
    }

    private SyncResult send(List<ServiceChange> changes) {
        sent.clear();
        return plane.apply(new NodePlanDelta(changes, settings, settings));
    }

    SyncResult settings(NodeSettings changed) {
        settings = changed;
        return send(List.of());
    }

    /** The first step of another agent, or one that compares everything with the kernel. */
    SyncResult restart() {
        plane = open();
        return send(plans.values().stream()
                .map(plan -> new ServiceChange(ServicePlan.nothing(plan.service()), plan))
                .toList());
    }

    /** Chains of IPv4 with their rules as text. */
    Map<String, List<String>> chains(String table) {
        Map<String, List<String>> chains = new TreeMap<>();
        kernel.open(false)
                .read(List.of(table))
                .chains(table)
                .forEach((name, chain) -> chains.put(
                        name, chain.rules().stream().map(rule -> rule.text()).toList()));
        return chains;
    }

    private int served() {
        return (int) chains("nat").values().stream()
                .flatMap(List::stream)
                .filter(rule -> rule.contains("-g FL-U-"))
                .count();
    }

    /** The rules of a chain of table nat of IPv4; none if it is not there. */
    List<String> rules(String chain) {
        return chains("nat").getOrDefault(chain, List.of());
    }
}
