package io.fairlead.agent.dataplane.ipvs;

import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.VirtualServer;
import java.util.Set;

/**
 * A virtual server as the plan wants it.
 *
 * <p>Immutable.
 *
 * @param frontend that it is there for
 * @param real where it sends connections, all with the same weight
 */
record WantedServer(FrontendKey frontend, VirtualServer declaration, Set<RealServerKey> real) {

    WantedServer {
        real = Set.copyOf(real);
    }
}
