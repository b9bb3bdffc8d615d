package io.fairlead.agent.ipvsreport;

import io.fairlead.kernel.ipvs.IpvsTimeouts;
import io.fairlead.kernel.ipvs.RealServerStatus;
import io.fairlead.kernel.ipvs.VirtualServer;
import java.util.List;
import java.util.Map;

/**
 * The virtual servers of a node, as far as they could be read.
 *
 * <p>Immutable.
 */
public sealed interface ObservedServers {

    /** Each with its real servers. Immutable. */
    record Known(Map<VirtualServer, List<RealServerStatus>> servers, IpvsTimeouts timeouts) implements ObservedServers {

        public Known {
            servers = Map.copyOf(servers);
        }
    }

    /** Not to be seen from here. Immutable. */
    record Unknown(String reason) implements ObservedServers {}
}
