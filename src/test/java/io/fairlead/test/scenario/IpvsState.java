package io.fairlead.test.scenario;

import io.fairlead.agent.dataplane.nftables.IpvsTables;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.RealServerStatus;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.nft.Nft;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * What the kernel holds of mode ipvs, as sorted lines, without connections.
 *
 * <p>Thread-safe.
 */
public final class IpvsState {

    private IpvsState() {}

    /** Tables, virtual servers with their real servers, and addresses. */
    public static List<String> read(Nft nft, Ipvs ipvs, Set<IpAddress> addresses) {
        List<String> lines = new ArrayList<>(NftState.read(nft, IpvsTables.TABLE));
        addresses.forEach(address -> lines.add("address " + address));
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
