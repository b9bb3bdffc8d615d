package io.fairlead.agent.view;

import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.Explanation;
import io.fairlead.agent.plan.Flow;
import io.fairlead.agent.plan.PlanWalk;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.agent.view.StatusView.SetAsideRow;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Takes views from the node.
 *
 * <p>Confined to the proxy loop's thread.
 */
public final class AgentViews {

    private AgentViews() {}

    /** @param filter part of {@code namespace/name}; empty for all */
    public static ServicesView services(NodeState node, String filter) {
        List<ServicePlan> plans = new ArrayList<>();
        for (ObjectName name : names(node, filter)) {
            plans.add(node.planner().effectivePlan(name));
        }
        return new ServicesView(plans);
    }

    public static EndpointsView endpoints(NodeState node, String filter) {
        List<EndpointsView.Row> rows = new ArrayList<>();
        for (ObjectName name : names(node, filter)) {
            rows.addAll(EndpointsView.rows(
                    node.planner().effectivePlan(name), node.snapshot().slicesOf(name)));
        }
        return new EndpointsView(rows);
    }

    public static ExplainView explain(NodeState node, Flow flow) {
        Explanation explanation = new PlanWalk(node.planner(), node::ofThisNode).explain(flow);
        return new ExplainView(flow, explanation);
    }

    /** @param more what an operator should know beside what the state of the node says */
    public static StatusView status(
            NodeState node,
            AgentPolicy policy,
            StatusView.Agent agent,
            StatusView.Sync sync,
            SourceStatus source,
            ProcessStatus process,
            List<String> more) {
        int frontends = 0;
        for (ObjectName name : node.planner().services()) {
            frontends += node.planner().effectivePlan(name).ports().stream()
                    .mapToInt(port -> port.frontends().size())
                    .sum();
        }
        List<String> warnings = warnings(node, policy);
        if (process.conntrackIsFull()) {
            warnings.add("the conntrack table is nearly full: the kernel will drop new flows");
        }
        warnings.addAll(more);
        return new StatusView(
                agent, sync, node.planner().services().size(), frontends, source, process, setAside(node), warnings);
    }

    /** Everything that cannot be honoured, wherever that was noticed. */
    public static List<SetAsideRow> setAside(NodeState node) {
        List<SetAsideRow> rows = new ArrayList<>();
        node.snapshot()
                .setAside()
                .values()
                .forEach(aside -> rows.add(new SetAsideRow(aside.key(), aside.where(), aside.reason())));
        node.planner().setAside().forEach((name, reason) -> rows.add(new SetAsideRow(service(name), "plan", reason)));
        node.refused().forEach((name, reason) -> rows.add(new SetAsideRow(service(name), SetAsideRow.KERNEL, reason)));
        return rows;
    }

    private static ObjectKey service(ObjectName name) {
        return new ObjectKey(ClusterKind.SERVICE, name);
    }

    private static List<String> warnings(NodeState node, AgentPolicy policy) {
        List<String> warnings = new ArrayList<>();
        if (!node.snapshot().nodes().containsKey(policy.nodeName())) {
            warnings.add("there is no Node object " + policy.nodeName()
                    + ": NodePorts are served without the node's primary addresses, topology hints do not apply");
        }
        node.planner()
                .contested()
                .forEach((key, claims) -> warnings.add(key + " is claimed by " + claims.size() + " ports; "
                        + claims.getFirst().port() + " (" + claims.getFirst().kind() + ") has it"));
        return warnings;
    }

    private static SortedSet<ObjectName> names(NodeState node, String filter) {
        SortedSet<ObjectName> names = new TreeSet<>(node.planner().services());
        names.removeIf(name -> !name.toString().contains(filter));
        return names;
    }
}
