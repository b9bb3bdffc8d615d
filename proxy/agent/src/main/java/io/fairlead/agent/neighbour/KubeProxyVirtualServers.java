package io.fairlead.agent.neighbour;

import io.fairlead.agent.dataplane.ipvs.DummyLink;
import io.fairlead.agent.dataplane.ipvs.ServerRenderer;
import io.fairlead.kernel.ipset.IpSets;
import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import io.fairlead.kernel.route.Link;
import io.fairlead.kernel.route.LinkAddress;
import io.fairlead.kernel.route.RouteNetlink;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells kube-proxy's virtual servers from everybody else's, while its link and its ipsets are still there.
 *
 * <p>A virtual server is kube-proxy's if its address is on the link kube-ipvs0, on which nobody else puts addresses: what
 * others have there, a running kube-proxy deletes. On other addresses of the node it has those of NodePorts, and keeps
 * these ports in ipsets of its own; one whose port is not in there is somebody else's. So is one by firewall mark, and
 * one on an address that the node does not have.
 *
 * <p>Those that carry Fairlead's flag are Fairlead's, also the ones that it took over.
 *
 * <p>Confined to one thread.
 */
final class KubeProxyVirtualServers {

    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SCTP = 132;

    private final Ipvs ipvs;
    private final IpSets sets;
    private final Set<InetAddress> theirs = new HashSet<>();
    private final Set<InetAddress> node = new HashSet<>();
    private final boolean oursBeside;

    KubeProxyVirtualServers(Ipvs ipvs, RouteNetlink route, IpSets sets) {
        this.ipvs = ipvs;
        this.sets = sets;
        int link = route.findLink(KubeProxyNames.IPVS_LINK).map(Link::index).orElse(0);
        int ours = route.findLink(DummyLink.NAME).map(Link::index).orElse(0);
        boolean beside = false;
        for (LinkAddress address : route.addresses()) {
            beside |= address.link() == ours && address.scope() != LinkAddress.SCOPE_LINK;
            (address.link() == link ? theirs : node).add(address.address());
        }
        this.oursBeside = beside;
    }

    /** Whether Fairlead serves Services in mode ipvs, or did. */
    boolean areOursBeside() {
        return oursBeside;
    }

    /** What is certainly kube-proxy's. */
    List<VirtualServerKey> find() {
        return ipvs.virtualServers().stream()
                .filter(server -> !ServerRenderer.isOurs(server))
                .map(VirtualServer::key)
                .filter(this::isTheirs)
                .toList();
    }

    private boolean isTheirs(VirtualServerKey key) {
        return theirs.contains(key.address()) || node.contains(key.address()) && isNodePort(key);
    }

    private boolean isNodePort(VirtualServerKey key) {
        return switch (key.protocol()) {
            case TCP -> sets.hasPort(KubeProxyNames.nodePorts(key.isIpv6(), "TCP"), key.port());
            case UDP -> sets.hasPort(KubeProxyNames.nodePorts(key.isIpv6(), "UDP"), key.port());
            case SCTP ->
                sets.hasPort(KubeProxyNames.nodePorts(key.isIpv6(), "SCTP-HASH"), key.address(), SCTP, key.port());
            default -> false;
        };
    }

    /**
     * Removes some.
     *
     * @return what was refused, and why; what is gone already is fine
     */
    List<String> remove(List<VirtualServerKey> keys) {
        return ipvs.deleteAll(keys).stream()
                .map(refusal -> String.valueOf(refusal.toException().getMessage()))
                .toList();
    }
}
