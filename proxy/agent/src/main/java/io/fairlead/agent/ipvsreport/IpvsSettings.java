package io.fairlead.agent.ipvsreport;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.kernel.ipvs.IpvsTimeouts;
import java.util.List;

/**
 * What kube-proxy was told about IPVS.
 *
 * <p>Immutable.
 *
 * @param scheduler as the kernel names it
 * @param excluded ranges in which virtual servers are not kube-proxy's
 * @param timeouts 0 where the kernel's own counts
 */
public record IpvsSettings(String scheduler, boolean strictArp, List<IpPrefix> excluded, IpvsTimeouts timeouts) {

    public IpvsSettings {
        excluded = List.copyOf(excluded);
    }

    boolean excludes(IpAddress address) {
        return excluded.stream().anyMatch(range -> range.contains(address));
    }
}
