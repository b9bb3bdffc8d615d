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
 * @param healthCheck what load balancers are told about this node
 */
public record ServicePlan(
        ObjectName service, List<IpAddress> clusterIps, List<PortPlan> ports, HealthCheck healthCheck) {

    /** A Service that this node does nothing for. */
    public static ServicePlan nothing(ObjectName service) {
        return new ServicePlan(service, List.of(), List.of(), HealthCheck.NONE);
    }

    public boolean isNothing() {
        return clusterIps.isEmpty() && ports.isEmpty();
    }
}
