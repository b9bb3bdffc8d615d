package io.fairlead.test.scenario;

import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.RealServerStatus;
import io.fairlead.kernel.ipvs.VirtualServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What the kernel holds of virtual servers, as sorted lines, without connections.
 *
 * <p>Thread-safe.
 */
public final class IpvsState {

    private IpvsState() {}

    /** All there are, with their real servers. */
    public static List<String> read(Ipvs ipvs) {
        List<String> lines = new ArrayList<>();
        for (VirtualServer server : ipvs.virtualServers()) {
            lines.add("virtual server " + server);
            for (RealServerStatus status : ipvs.realServers(server.key())) {
                lines.add("virtual server " + server.key() + " " + status.server());
            }
        }
        Collections.sort(lines);
        return lines;
    }
}
