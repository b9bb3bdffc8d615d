package io.fairlead.agent.plan;

import io.fairlead.cluster.model.IpFamily;
import java.util.Map;

/**
 * What a node answers to load balancers that ask whether it has endpoints of a Service (Kubernetes {@code
 * spec.healthCheckNodePort}).
 *
 * <p>Immutable.
 *
 * @param port 0 when there is nothing to answer
 * @param localEndpoints distinct addresses of ready endpoints on this node, for each family of the Service. Those that
 *     only serve while they terminate do not count: the answer must turn red while what still arrives is served
 */
public record HealthCheck(int port, Map<IpFamily, Integer> localEndpoints) {

    public static final HealthCheck NONE = new HealthCheck(0, Map.of());

    public HealthCheck {
        localEndpoints = Map.copyOf(localEndpoints);
    }

    /** Whether load balancers ask. */
    public boolean isAsked() {
        return port != 0;
    }
}
