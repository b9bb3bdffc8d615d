package io.fairlead.agent.command;

import io.fairlead.agent.plan.Addresses;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.NodePlanner;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.agent.view.NodeState;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Node;
import io.fairlead.cluster.model.ObjectName;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The plan that a node would make of a dump of its cluster. Its addresses are those of its Node object, and loopback.
 *
 * <p>Confined to the main thread.
 */
final class ClusterDump implements NodeState {

    private final ClusterSnapshot snapshot;
    private final NodePlanner planner = new NodePlanner();
    private final Set<IpAddress> addresses = new TreeSet<>();

    /** @throws IllegalArgumentException if the node is not in the dump */
    ClusterDump(ClusterSnapshot snapshot, AgentPolicy policy) {
        this.snapshot = snapshot;
        Node node = snapshot.nodes().get(policy.nodeName());
        if (node == null) {
            throw new IllegalArgumentException("there is no Node " + policy.nodeName() + "; --node-name takes one of "
                    + String.join(
                            ", ", snapshot.nodes().keySet().stream().limit(20).toList())
                    + (snapshot.nodes().size() > 20 ? ", ..." : ""));
        }
        addresses.addAll(node.internalIps());
        addresses.addAll(node.externalIps());
        addresses.addAll(policy.nodeAddresses());
        NodeResolver resolver = new NodeResolver(policy);
        Set<IpAddress> onInterfaces = new TreeSet<>(addresses);
        onInterfaces.add(Addresses.LOOPBACK_V4);
        onInterfaces.add(Addresses.LOOPBACK_V6);
        planner.update(
                new TreeSet<>(snapshot.services().keySet()),
                snapshot,
                resolver.facts(snapshot),
                resolver.settings(snapshot, onInterfaces));
    }

    /** The node's own, without loopback. */
    Set<IpAddress> addresses() {
        return addresses;
    }

    @Override
    public ClusterSnapshot snapshot() {
        return snapshot;
    }

    @Override
    public NodePlanner planner() {
        return planner;
    }

    @Override
    public boolean ofThisNode(IpAddress address) {
        return address.isLoopback() || addresses.contains(address);
    }

    @Override
    public Map<ObjectName, String> refused() {
        return Map.of();
    }
}
