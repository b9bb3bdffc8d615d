package io.fairlead.agent.relay;

import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.ServicePortName;
import java.util.List;

/**
 * A NodePort as clients on [::1] see it.
 *
 * <p>Immutable.
 *
 * @param backends that a connection may go to; none means that the port is not served, so that a connection is refused
 * @param affinitySeconds ClientIP affinity, 0 for none
 */
record LoopbackPort(int number, ServicePortName name, List<Backend> backends, int affinitySeconds) {

    LoopbackPort {
        backends = List.copyOf(backends);
    }

    boolean served() {
        return !backends.isEmpty();
    }
}
