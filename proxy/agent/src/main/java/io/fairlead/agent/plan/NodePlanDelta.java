package io.fairlead.agent.plan;

import io.fairlead.cluster.model.ObjectName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    public record ServiceChange(ServicePlan before, ServicePlan after) {

        /** The way back. */
        public ServiceChange reversed() {
            return new ServiceChange(/* before= */ after, /* after= */ before);
        }
    }

    /** This change followed by another one, as one. */
    public NodePlanDelta then(NodePlanDelta next) {
        Map<ObjectName, ServiceChange> merged = new LinkedHashMap<>();
        services.forEach(change -> merged.put(change.after.service(), change));
        for (ServiceChange change : next.services) {
            ServiceChange earlier = merged.get(change.after.service());
            ServicePlan before = earlier == null ? change.before : earlier.before;
            merged.put(change.after.service(), new ServiceChange(before, change.after));
        }
        return new NodePlanDelta(List.copyOf(merged.values()), settingsBefore, next.settings);
    }
}
