package io.fairlead.agent.ipvsreport;

import io.fairlead.agent.dataplane.ipvs.DummyLink;
import io.fairlead.agent.neighbour.KubeProxyLeftovers;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.Sysctl;
import io.fairlead.kernel.ipvs.NetlinkIpvs;
import io.fairlead.kernel.ipvs.RealServerStatus;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.route.Link;
import io.fairlead.kernel.route.LinkAddress;
import io.fairlead.kernel.route.RouteNetlink;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the node of the calling thread's network namespace. IPVS is asked only where kube-proxy's link is, since asking
 * for it loads it.
 *
 * <p>Thread-safe.
 */
public final class NodeReader {

    private NodeReader() {}

    /** @throws KernelException if not even links can be read */
    public static ObservedNode read() {
        Set<IpAddress> ofServices = new TreeSet<>();
        Set<IpAddress> others = new TreeSet<>();
        try (RouteNetlink route = RouteNetlink.open()) {
            Optional<Link> link = route.findLink(KubeProxyLeftovers.IPVS_LINK);
            if (link.isEmpty()) {
                return ObservedNode.NONE;
            }
            int ours = route.findLink(DummyLink.NAME).map(Link::index).orElse(0);
            for (LinkAddress found : route.addresses()) {
                IpAddress address = IpAddress.ofBytes(found.address().getAddress());
                if (found.link() != link.get().index() && found.link() != ours) {
                    others.add(address);
                } else if (found.link() != ours && found.scope() != LinkAddress.SCOPE_LINK) {
                    ofServices.add(address);
                }
            }
        }
        return new ObservedNode(
                true, ofServices, others, servers(), new SocketTables(Path.of("/proc")).at(ofServices), parameters());
    }

    private static ObservedServers servers() {
        try {
            Optional<NetlinkIpvs> opened = NetlinkIpvs.openIfPresent();
            if (opened.isEmpty()) {
                return new ObservedServers.Unknown("this kernel has no IPVS");
            }
            try (NetlinkIpvs ipvs = opened.get()) {
                Map<VirtualServer, List<RealServerStatus>> servers = new HashMap<>();
                for (VirtualServer server : ipvs.virtualServers()) {
                    servers.put(server, ipvs.realServers(server.key()));
                }
                return new ObservedServers.Known(servers, ipvs.timeouts());
            }
        } catch (KernelException e) {
            return new ObservedServers.Unknown(String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, String> parameters() {
        Map<String, String> values = new HashMap<>();
        for (String path : ObservedNode.PARAMETERS) {
            if (new Sysctl(path).read() instanceof Sysctl.Value value) {
                values.put(path, value.text());
            }
        }
        return values;
    }
}
