package io.fairlead.agent.plan;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.ObjectName;
import java.util.List;

/**
 * Everything that a node does for one Service.
 *
 * <p>Immutable.
 *
 * @param clusterIps addresses that the guard must treat as taken
 * @param ports one per Service port and family
 */
public record ServicePlan(ObjectName service, List<IpAddress> clusterIps, List<PortPlan> ports) {

    /** A Service that this node does nothing for. */
    public static ServicePlan nothing(ObjectName service) {
        return new ServicePlan(service, List.of(), List.of());
    }

    public boolean isNothing() {
        return clusterIps.isEmpty() && ports.isEmpty();
    }
}
