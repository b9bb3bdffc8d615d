package io.fairlead.cluster.model;

import java.util.List;

/**
 * A Node, as far as routing on it needs it.
 *
 * <p>Immutable.
 *
 * @param internalIps {@code status.addresses} of type InternalIP, in their order
 * @param externalIps {@code status.addresses} of type ExternalIP, in their order
 * @param zone label {@code topology.kubernetes.io/zone}, empty when absent
 * @param deleting whether it has a deletion timestamp
 * @param drainedByAutoscaler whether it has the taint {@code ToBeDeletedByClusterAutoscaler}
 */
public record Node(
        String name,
        List<IpAddress> internalIps,
        List<IpAddress> externalIps,
        List<IpPrefix> podCidrs,
        String zone,
        boolean deleting,
        boolean drainedByAutoscaler)
        implements ClusterObject {

    public Node {
        internalIps = List.copyOf(internalIps);
        externalIps = List.copyOf(externalIps);
        podCidrs = List.copyOf(podCidrs);
    }

    @Override
    public ClusterKind kind() {
        return ClusterKind.NODE;
    }

    @Override
    public ObjectName objectName() {
        return new ObjectName("", name);
    }
}
