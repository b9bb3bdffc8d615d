package io.fairlead.agent;

import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.Explanation;
import io.fairlead.agent.plan.Flow;
import io.fairlead.agent.plan.PlanWalk;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.agent.view.EndpointsView;
import io.fairlead.agent.view.ExplainView;
import io.fairlead.agent.view.ServicesView;
import io.fairlead.agent.view.StatusView;
import io.fairlead.agent.view.StatusView.SetAsideRow;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Takes views from the engine.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class AgentViews {

    private AgentViews() {}

    /** @param filter part of {@code namespace/name}; empty for all */
    static ServicesView services(SyncEngine engine, String filter) {
        List<ServicePlan> plans = new ArrayList<>();
        for (ObjectName name : names(engine, filter)) {
            plans.add(engine.planner().effectivePlan(name));
        }
        return new ServicesView(plans);
    }

    static EndpointsView endpoints(SyncEngine engine, String filter) {
        List<EndpointsView.Row> rows = new ArrayList<>();
        for (ObjectName name : names(engine, filter)) {
            rows.addAll(EndpointsView.rows(
                    engine.planner().effectivePlan(name), engine.snapshot().slicesOf(name)));
        }
        return new EndpointsView(rows);
    }

    static ExplainView explain(SyncEngine engine, Flow flow) {
        Explanation explanation = new PlanWalk(engine.planner(), engine::ofThisNode).explain(flow);
        return new ExplainView(flow, explanation);
    }

    static StatusView status(SyncEngine engine, AgentPolicy policy, String state, String lastSync) {
        int frontends = 0;
        for (ObjectName name : engine.planner().services()) {
            frontends += engine.planner().effectivePlan(name).ports().stream()
                    .mapToInt(port -> port.frontends().size())
                    .sum();
        }
        return new StatusView(
                policy.nodeName(),
                "nftables",
                state,
                lastSync,
                engine.planner().services().size(),
                frontends,
                setAside(engine),
                warnings(engine, policy));
    }

    /** Everything that cannot be honoured, wherever that was noticed. */
    static List<SetAsideRow> setAside(SyncEngine engine) {
        List<SetAsideRow> rows = new ArrayList<>();
        engine.snapshot()
                .setAside()
                .values()
                .forEach(aside -> rows.add(new SetAsideRow(aside.key(), aside.where(), aside.reason())));
        engine.planner().setAside().forEach((name, reason) -> rows.add(new SetAsideRow(service(name), "plan", reason)));
        engine.refused()
                .forEach((name, reason) -> rows.add(new SetAsideRow(service(name), SetAsideRow.KERNEL, reason)));
        return rows;
    }

    private static ObjectKey service(ObjectName name) {
        return new ObjectKey(ClusterKind.SERVICE, name);
    }

    private static List<String> warnings(SyncEngine engine, AgentPolicy policy) {
        List<String> warnings = new ArrayList<>();
        if (!engine.snapshot().nodes().containsKey(policy.nodeName())) {
            warnings.add("there is no Node object " + policy.nodeName()
                    + ": NodePorts are served without the node's primary addresses, topology hints do not apply");
        }
        engine.planner()
                .contested()
                .forEach((key, claims) -> warnings.add(key + " is claimed by " + claims.size() + " ports; "
                        + claims.getFirst().port() + " (" + claims.getFirst().kind() + ") has it"));
        return warnings;
    }

    private static SortedSet<ObjectName> names(SyncEngine engine, String filter) {
        SortedSet<ObjectName> names = new TreeSet<>(engine.planner().services());
        names.removeIf(name -> !name.toString().contains(filter));
        return names;
    }
}
