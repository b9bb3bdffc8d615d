package io.fairlead.agent.ipvsreport;

import io.fairlead.cluster.model.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a node says of itself. A machine without kube-proxy's link is not taken for the node: whoever asks there has a dump
 * of a cluster, and this machine's addresses are none of it.
 *
 * <p>Immutable.
 *
 * @param isNode whether kube-proxy's link is here
 * @param serviceAddresses on kube-proxy's link
 * @param addresses on all other links
 * @param sockets that have one of the addresses of Services
 * @param parameters by path below {@code /proc/sys}, those that can be read
 */
public record ObservedNode(
        boolean isNode,
        Set<IpAddress> serviceAddresses,
        Set<IpAddress> addresses,
        ObservedServers servers,
        List<NodeSocket> sockets,
        Map<String, String> parameters) {

    static final String ARP_IGNORE = "net/ipv4/conf/all/arp_ignore";
    static final String ARP_ANNOUNCE = "net/ipv4/conf/all/arp_announce";
    static final String TCP_ESTABLISHED = "net/netfilter/nf_conntrack_tcp_timeout_established";
    static final String TCP_FIN = "net/netfilter/nf_conntrack_tcp_timeout_fin_wait";
    static final String UDP = "net/netfilter/nf_conntrack_udp_timeout_stream";

    static final List<String> PARAMETERS = List.of(ARP_IGNORE, ARP_ANNOUNCE, TCP_ESTABLISHED, TCP_FIN, UDP);

    /** Of another machine. */
    public static final ObservedNode NONE = new ObservedNode(
            false, Set.of(), Set.of(), new ObservedServers.Unknown("not this node"), List.of(), Map.of());

    public ObservedNode {
        serviceAddresses = Set.copyOf(serviceAddresses);
        addresses = Set.copyOf(addresses);
        sockets = List.copyOf(sockets);
        parameters = Map.copyOf(parameters);
    }
}
