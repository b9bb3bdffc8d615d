package io.fairlead.agent.plan;

import java.util.List;

/**
 * What changed in the plan of a node. Only frontends that the Service owns are in it: where two Services claim one
 * address and port, the other's plan comes without it.
 *
 * <p>Immutable.
 *
 * @param services each with its plan before and after, at most once
 * @param settingsBefore the settings that the data plane has
 * @param settings the settings that it should have
 */
public record NodePlanDelta(List<ServiceChange> services, NodeSettings settingsBefore, NodeSettings settings) {

    public NodePlanDelta {
        services = List.copyOf(services);
    }

    /** One Service. {@link ServicePlan#nothing} stands for one that is not there. */
    public record ServiceChange(ServicePlan before, ServicePlan after) {}

    public boolean isEmpty() {
        return services.isEmpty() && settings.equals(settingsBefore);
    }
}
