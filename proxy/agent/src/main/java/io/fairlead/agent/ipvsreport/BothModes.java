package io.fairlead.agent.ipvsreport;

import io.fairlead.agent.plan.Addresses;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.FrontendKind;
import io.fairlead.agent.plan.ModeRules;
import io.fairlead.agent.plan.NodePlanner;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Node;
import io.fairlead.cluster.model.ObjectName;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A node's plans of one cluster in mode ipvs and in mode nftables.
 *
 * <p>Confined to one thread.
 */
record BothModes(NodePlanner ipvs, NodePlanner nftables) {

    /** @throws IllegalArgumentException if the cluster has no such Node */
    static BothModes plan(ClusterSnapshot snapshot, AgentPolicy policy, ObservedNode observed) {
        Node node = snapshot.nodes().get(policy.nodeName());
        if (node == null) {
            throw new IllegalArgumentException("there is no Node " + policy.nodeName() + "; give one by --node-name");
        }
        Set<IpAddress> addresses = new TreeSet<>(observed.addresses());
        if (!observed.isNode()) {
            addresses.addAll(node.internalIps());
            addresses.addAll(node.externalIps());
            addresses.addAll(policy.nodeAddresses());
        }
        addresses.add(Addresses.LOOPBACK_V4);
        return new BothModes(
                plan(snapshot, policy.servedBy(ModeRules.IPVS), addresses),
                plan(snapshot, policy.servedBy(ModeRules.NFTABLES), addresses));
    }

    private static NodePlanner plan(ClusterSnapshot snapshot, AgentPolicy policy, Set<IpAddress> addresses) {
        NodePlanner planner = new NodePlanner();
        NodeResolver resolver = new NodeResolver(policy);
        planner.update(
                new TreeSet<>(snapshot.services().keySet()),
                snapshot,
                resolver.facts(snapshot),
                resolver.settings(snapshot, addresses));
        return planner;
    }

    SortedSet<ObjectName> services() {
        return new TreeSet<>(ipvs.services());
    }

    /** Ports of a Service as mode ipvs has them. */
    List<PortPlan> ports(ObjectName service) {
        return ipvs.effectivePlan(service).ports();
    }

    /** The same port in mode nftables. */
    PortPlan counterpart(PortPlan port) {
        return nftables.effectivePlan(port.name().service()).ports().stream()
                .filter(other -> other.name().equals(port.name()) && other.family() == port.family())
                .findFirst()
                .orElse(port);
    }

    Stream<Frontend> frontends() {
        return ipvs.services().stream()
                .flatMap(service -> ports(service).stream())
                .flatMap(port -> port.frontends().stream());
    }

    /** Addresses of Services that are there in IPVS's mode because the link has them. */
    SortedSet<IpAddress> addresses(boolean clusterIps) {
        SortedSet<IpAddress> addresses = new TreeSet<>();
        frontends()
                .filter(frontend -> frontend.kind() != FrontendKind.NODE_PORT
                        && (frontend.kind() == FrontendKind.CLUSTER_IP) == clusterIps)
                .forEach(frontend -> addresses.add(frontend.key().address()));
        return addresses;
    }

    /** Where NodePorts of a family are in one mode and not in the other. */
    static List<IpAddress> nodePortsOnlyIn(NodePlanner mode, NodePlanner other, IpFamily family) {
        return mode.settings().nodePortAddresses().stream()
                .filter(address -> address.family() == family)
                .filter(address -> !other.settings().nodePortAddresses().contains(address))
                .toList();
    }
}
