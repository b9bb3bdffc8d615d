package io.fairlead.agent.plan;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import java.util.List;

/**
 * What the operator decided, as far as plans depend on it.
 *
 * <p>Immutable.
 *
 * @param nodeName of this node, lower case
 * @param podDetection how local pods are told from other clients
 * @param masqueradeBit bit of the packet mark that asks for masquerading, 0..31
 * @param rules of the mode that serves
 * @param nodeAddresses of this node, each instead of the Node object's primary address of its family
 */
public record AgentPolicy(
        String nodeName,
        PodDetection podDetection,
        boolean masqueradeAll,
        int masqueradeBit,
        boolean externalIps,
        NodePortAddresses nodePortAddresses,
        ModeRules rules,
        List<IpAddress> nodeAddresses) {

    public AgentPolicy {
        nodeAddresses = List.copyOf(nodeAddresses);
    }

    /** The Node object says the addresses; the mode is nftables. */
    public AgentPolicy(
            String nodeName,
            PodDetection podDetection,
            boolean masqueradeAll,
            int masqueradeBit,
            boolean externalIps,
            NodePortAddresses nodePortAddresses) {
        this(
                nodeName,
                podDetection,
                masqueradeAll,
                masqueradeBit,
                externalIps,
                nodePortAddresses,
                ModeRules.NFTABLES,
                List.of());
    }

    /** In another mode, with NodePorts on all addresses where that has them there unless told otherwise. */
    public AgentPolicy servedBy(ModeRules mode) {
        return in(mode, nodePortAddresses.servedBy(mode));
    }

    /** The same in another mode. */
    public AgentPolicy in(ModeRules mode) {
        return in(mode, nodePortAddresses.in(mode));
    }

    private AgentPolicy in(ModeRules mode, NodePortAddresses nodePorts) {
        return new AgentPolicy(
                nodeName, podDetection, masqueradeAll, masqueradeBit, externalIps, nodePorts, mode, nodeAddresses);
    }

    /** {@code detectLocalMode} with what it needs. */
    public sealed interface PodDetection {

        /** By the cluster's pod ranges; none given means nobody is known to be a pod. */
        record ClusterCidr(List<IpPrefix> ranges) implements PodDetection {

            public ClusterCidr {
                ranges = List.copyOf(ranges);
            }
        }

        /** By this node's {@code spec.podCIDRs}. */
        record NodeCidr() implements PodDetection {}

        /** By the bridge that pods are attached to. */
        record BridgeInterface(String name) implements PodDetection {}

        /** By how the names of pods' interfaces start. */
        record InterfaceNamePrefix(String prefix) implements PodDetection {}
    }
}
