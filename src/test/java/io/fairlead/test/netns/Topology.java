package io.fairlead.test.netns;

import static io.fairlead.test.AddressPlan.BRIDGE;
import static io.fairlead.test.AddressPlan.BRIDGE_V4;
import static io.fairlead.test.AddressPlan.BRIDGE_V6;
import static io.fairlead.test.AddressPlan.NODE_SECOND_V4;
import static io.fairlead.test.AddressPlan.NODE_SECOND_V6;
import static io.fairlead.test.AddressPlan.NODE_V4;
import static io.fairlead.test.AddressPlan.NODE_V6;
import static io.fairlead.test.AddressPlan.OUTSIDE_LINK;
import static io.fairlead.test.AddressPlan.UPLINK;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.test.scenario.Client;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The address plan as namespaces: a node, its pods, everything on other nodes, the outside, and a place that answers
 * for every address that is nobody else's.
 *
 * <pre>
 *   pod-a ──┐                    ┌── uplink ── remote: other-node, remote-pod, endpoints 10.180.1.1 to 10
 *   pod-b ──┼─ cni0 ── node ─────┼── wan ───── outside: 203.0.113.2, 203.0.113.130
 *   pods ───┘                    └── rest ──── elsewhere: 5.6.7.0/24, 172.30.0.0/15 ...
 * </pre>
 *
 * <p>Immutable once built; use from any thread.
 */
final class Topology implements AutoCloseable {

    /** Endpoints on each node, 10.180.0.1 to 10 and 10.180.1.1 to 10. */
    private static final int ENDPOINTS = 10;

    private static final List<Integer> TCP_PORTS = List.of(8080, 8443, 9090, 9100, 8000, 9200);
    private static final List<Integer> UDP_PORTS = List.of(8080, 8443, 5353);
    private static final List<Integer> SCTP_PORTS = List.of(3868);
    private static final List<Integer> NODE_TCP_PORTS = List.of(8080, 30080, 30081, 30443, 31000, 30053);
    private static final List<Integer> NODE_UDP_PORTS = List.of(30053);
    private static final List<Integer> ELSEWHERE_PORTS = List.of(80, 81, 443, 3868, 8080, 30080);

    private final Place node = new Place();
    private final Place pods = new Place();
    private final Place podA = new Place();
    private final Place podB = new Place();
    private final Place remote = new Place();
    private final Place outside = new Place();
    private final Place elsewhere = new Place();
    private final Map<Client, NetNs> clients = new EnumMap<>(Client.class);
    private final List<EchoServer> servers = new ArrayList<>();
    private final List<SctpServer> sctpServers = new ArrayList<>();

    Topology() {
        wireNode();
        wirePods();
        wireRemote();
        wireOutside();
        wireElsewhere();
        for (Client client : Client.values()) {
            clients.put(client, place(client).namespace());
        }
    }

    private Place place(Client client) {
        return switch (client) {
            case POD_A -> podA;
            case POD_B -> podB;
            case REMOTE_POD, OTHER_NODE -> remote;
            case OUTSIDE, OUTSIDE_2 -> outside;
            case NODE, NODE_BRIDGE, NODE_LB, LOOPBACK -> node;
        };
    }

    NetNs node() {
        return node.namespace();
    }

    NetNs of(Client client) {
        NetNs namespace = clients.get(client);
        if (namespace == null) {
            throw new IllegalArgumentException("nowhere: " + client);
        }
        return namespace;
    }

    void addNodeAddress(IpAddress address) {
        node.address(UPLINK, address);
    }

    void removeNodeAddress(IpAddress address) {
        node.removeAddress(UPLINK, address, address.family().addressBits());
    }

    private void wireNode() {
        node.forward();
        node.wire("pods", pods, "eth0");
        node.wire("pod-a", podA, "eth0");
        node.wire("pod-b", podB, "eth0");
        node.bridge(BRIDGE, "pods", "pod-a", "pod-b");
        // Else a packet that is translated on the bridge never leaves by the port that it came from (hairpin mode).
        node.setIfPresent("net/bridge/bridge-nf-call-iptables", 0);
        node.setIfPresent("net/bridge/bridge-nf-call-ip6tables", 0);
        // Else only a few refusals a second are told to one client.
        node.setIfPresent("net/ipv4/icmp_ratelimit", 0);
        node.setIfPresent("net/ipv6/icmp/ratelimit", 0);
        node.address(BRIDGE, BRIDGE_V4, 24);
        node.address(BRIDGE, BRIDGE_V6, 64);
        node.wire(UPLINK, remote, "eth0");
        node.address(UPLINK, NODE_V4, 24);
        node.address(UPLINK, NODE_V6, 64);
        node.address(UPLINK, NODE_SECOND_V4);
        node.address(UPLINK, NODE_SECOND_V6);
        List<IpAddress> addresses = List.of(NODE_V4, NODE_V6, NODE_SECOND_V4, NODE_SECOND_V6);
        servers.add(new EchoServer(node.namespace(), addresses, NODE_TCP_PORTS, NODE_UDP_PORTS));
    }

    private void wirePods() {
        List<IpAddress> endpoints = endpoints("10.180.0.", "fd00:10:180::");
        wirePod(pods, endpoints);
        for (Client client : List.of(Client.POD_A, Client.POD_B)) {
            wirePod(place(client), List.of(client.address(IpFamily.IPV4), client.address(IpFamily.IPV6)));
        }
    }

    private void wirePod(Place pod, List<IpAddress> addresses) {
        addresses.forEach(address -> pod.address("eth0", address));
        pod.route("0.0.0.0/0", "eth0", BRIDGE_V4.toString());
        pod.route("::/0", "eth0", BRIDGE_V6.toString());
        serve(pod, addresses);
    }

    private void wireRemote() {
        List<IpAddress> addresses = endpoints("10.180.1.", "fd00:10:180:1::");
        for (IpFamily family : IpFamily.values()) {
            boolean v4 = family == IpFamily.IPV4;
            remote.address("eth0", Client.OTHER_NODE.address(family), v4 ? 24 : 64);
            addresses.add(Client.REMOTE_POD.address(family));
            node.route(
                    v4 ? "10.180.1.0/24" : "fd00:10:180:1::/64",
                    UPLINK,
                    Client.OTHER_NODE.address(family).toString());
        }
        addresses.forEach(address -> remote.address("eth0", address));
        remote.route("0.0.0.0/0", "eth0", NODE_V4.toString());
        remote.route("::/0", "eth0", NODE_V6.toString());
        serve(remote, addresses);
    }

    private void serve(Place pod, List<IpAddress> addresses) {
        servers.add(new EchoServer(pod.namespace(), addresses, TCP_PORTS, UDP_PORTS));
        sctpServers.add(new SctpServer(pod.namespace(), addresses, SCTP_PORTS));
    }

    private void wireOutside() {
        node.wire(OUTSIDE_LINK, outside, "eth0");
        node.address(OUTSIDE_LINK, IpAddress.parse("fe80::1"), 64);
        node.routeOnLink("203.0.113.0/24", OUTSIDE_LINK);
        node.routeOnLink("fd00:203:113::/64", OUTSIDE_LINK);
        for (Client client : List.of(Client.OUTSIDE, Client.OUTSIDE_2)) {
            outside.address("eth0", client.address(IpFamily.IPV4), 24);
            outside.address("eth0", client.address(IpFamily.IPV6), 64);
        }
        outside.route("0.0.0.0/0", "eth0", NODE_V4.toString());
        outside.route("::/0", "eth0", "fe80::1");
    }

    private void wireElsewhere() {
        node.wire("rest", elsewhere, "eth0");
        node.address("rest", IpAddress.parse("fe80::1"), 64);
        elsewhere.address("eth0", IpAddress.parse("fe80::2"), 64);
        elsewhere.address("eth0", IpAddress.parse("198.51.100.1"));
        node.route("0.0.0.0/0", "rest", "198.51.100.1");
        node.route("::/0", "rest", "fe80::2");
        elsewhere.route("0.0.0.0/0", "eth0", NODE_V4.toString());
        elsewhere.route("::/0", "eth0", "fe80::1");
        for (String prefix : List.of(
                "5.6.7.0/24",
                "192.168.99.8/29",
                "172.30.0.0/15",
                "fd00:5:6:7::/64",
                "fd00:172:30::/64",
                "fd00:192:168:99::11/128")) {
            elsewhere.claim(prefix);
        }
        // Datagrams to ClusterIPs that nobody translates come here.
        List<IpAddress> addresses = List.of(IpAddress.parse("5.6.7.8"), IpAddress.parse("172.30.0.41"));
        servers.add(new EchoServer(elsewhere.namespace(), addresses, ELSEWHERE_PORTS, ELSEWHERE_PORTS));
    }

    private static List<IpAddress> endpoints(String v4, String v6) {
        List<IpAddress> addresses = new ArrayList<>();
        for (int last = 1; last <= ENDPOINTS; last++) {
            addresses.add(IpAddress.parse(v4 + last));
            addresses.add(IpAddress.parse(v6 + last));
        }
        return addresses;
    }

    @Override
    public void close() {
        servers.forEach(EchoServer::close);
        sctpServers.forEach(SctpServer::close);
        List.of(node, pods, podA, podB, remote, outside, elsewhere).forEach(Place::close);
    }
}
