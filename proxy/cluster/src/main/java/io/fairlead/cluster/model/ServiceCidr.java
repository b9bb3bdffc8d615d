package io.fairlead.cluster.model;

import java.util.List;

/**
 * A ServiceCIDR: ranges from which ClusterIPs are given.
 *
 * <p>Immutable.
 */
public record ServiceCidr(String name, List<IpPrefix> cidrs) {

    public ServiceCidr {
        cidrs = List.copyOf(cidrs);
    }
}
