package io.fairlead.agent.plan;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import java.util.List;

/**
 * What a data plane must know beside the Services.
 *
 * <p>Immutable.
 *
 * @param nodePortAddresses sorted addresses of this node on which NodePorts are served by the kernel; 127.0.0.1 may
 *     be among them, ::1 never is
 * @param localPods how pods are told from other clients
 * @param masqueradeMark the packet mark bit that asks for masquerading
 * @param serviceCidrs ranges whose unallocated addresses are dropped
 * @param rules of the mode
 */
public record NodeSettings(
        List<IpAddress> nodePortAddresses,
        LocalPods localPods,
        int masqueradeMark,
        List<IpPrefix> serviceCidrs,
        ModeRules rules) {

    public NodeSettings {
        nodePortAddresses = List.copyOf(nodePortAddresses);
        serviceCidrs = List.copyOf(serviceCidrs);
    }

    /** Those of mode nftables. */
    public NodeSettings(
            List<IpAddress> nodePortAddresses, LocalPods localPods, int masqueradeMark, List<IpPrefix> serviceCidrs) {
        this(nodePortAddresses, localPods, masqueradeMark, serviceCidrs, ModeRules.NFTABLES);
    }

    /** Whether the kernel must be told to route packets of its loopback network (IPv4). */
    public boolean servesLoopback() {
        return nodePortAddresses.contains(Addresses.LOOPBACK_V4);
    }
}
