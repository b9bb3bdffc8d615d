package io.fairlead.cluster.model;

import java.util.List;

/**
 * A ServiceCIDR: ranges from which ClusterIPs are given.
 *
 * <p>Immutable.
 */
public record ServiceCidr(String name, List<IpPrefix> cidrs) implements ClusterObject {

    public ServiceCidr {
        cidrs = List.copyOf(cidrs);
    }

    @Override
    public ClusterKind kind() {
        return ClusterKind.SERVICE_CIDR;
    }

    @Override
    public ObjectName objectName() {
        return new ObjectName("", name);
    }
}
