package io.fairlead.agent.plan;

import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the node is, from what the operator decided, the Node object, and the addresses on its interfaces.
 *
 * <p>Immutable.
 */
public record NodeResolver(AgentPolicy policy) {

    /** Rules of the mode that serves. */
    public ModeRules rules() {
        return policy.rules();
    }

    /** Facts for planning Services. A Node object that is not there (yet) leaves zone and addresses unknown. */
    public NodeFacts facts(ClusterSnapshot snapshot) {
        Node node = snapshot.nodes().get(policy.nodeName());
        return new NodeFacts(
                policy.nodeName(),
                node == null ? "" : node.zone(),
                primaryAddresses(node),
                localPods(node),
                policy.masqueradeAll(),
                policy.externalIps(),
                policy.rules());
    }

    /** @param onInterfaces every address found on an interface of the node */
    public NodeSettings settings(ClusterSnapshot snapshot, Collection<IpAddress> onInterfaces) {
        Node node = snapshot.nodes().get(policy.nodeName());
        TreeSet<IpPrefix> serviceCidrs = new TreeSet<>();
        snapshot.serviceCidrs().values().forEach(range -> serviceCidrs.addAll(range.cidrs()));
        List<IpAddress> nodePorts =
                new ArrayList<>(policy.nodePortAddresses().resolve(primaryAddresses(node), onInterfaces));
        if (!policy.rules().servesLoopback()) {
            nodePorts.removeIf(IpAddress::isLoopback);
        }
        return new NodeSettings(
                nodePorts, localPods(node), 1 << policy.masqueradeBit(), List.copyOf(serviceCidrs), policy.rules());
    }

    /** The operator's choice for each family, else the first InternalIP, else the first ExternalIP. */
    private List<IpAddress> primaryAddresses(@Nullable Node node) {
        List<IpAddress> candidates = new ArrayList<>(policy.nodeAddresses());
        if (node != null) {
            candidates.addAll(node.internalIps());
            candidates.addAll(node.externalIps());
        }
        List<IpAddress> primaries = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            candidates.stream()
                    .filter(address -> address.family() == family)
                    .findFirst()
                    .ifPresent(primaries::add);
        }
        return primaries;
    }

    private LocalPods localPods(@Nullable Node node) {
        return switch (policy.podDetection()) {
            case AgentPolicy.PodDetection.ClusterCidr cluster -> bySource(cluster.ranges());
            case AgentPolicy.PodDetection.NodeCidr ignored -> bySource(node == null ? List.of() : node.podCidrs());
            case AgentPolicy.PodDetection.BridgeInterface bridge -> new LocalPods.ByInterface(bridge.name());
            case AgentPolicy.PodDetection.InterfaceNamePrefix prefix ->
                new LocalPods.ByInterfacePrefix(prefix.prefix());
        };
    }

    private static LocalPods bySource(List<IpPrefix> ranges) {
        return ranges.isEmpty() ? new LocalPods.Unknown() : new LocalPods.BySource(ranges);
    }
}
