package io.fairlead.agent.dataplane.ipvs;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import java.util.List;

/**
 * What the operator decided about virtual servers.
 *
 * <p>Immutable.
 *
 * @param scheduler as the kernel names it
 * @param flags of the scheduler
 * @param excluded virtual servers of others in these ranges stay theirs, whatever Services claim
 */
public record IpvsOptions(String scheduler, int flags, List<IpPrefix> excluded) {

    /** As kube-proxy has it. */
    public static final IpvsOptions DEFAULT = new IpvsOptions("rr", 0, List.of());

    public IpvsOptions {
        excluded = List.copyOf(excluded);
    }

    boolean excludes(IpAddress address) {
        return excluded.stream().anyMatch(range -> range.contains(address));
    }
}
