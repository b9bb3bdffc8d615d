package io.fairlead.test.kernel;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.Sysctl;
import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.IpvsOperation.AddRealServer;
import io.fairlead.kernel.ipvs.IpvsOperation.AddVirtualServer;
import io.fairlead.kernel.ipvs.NetlinkIpvs;
import io.fairlead.kernel.ipvs.RealServer;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.RealServerStatus;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import io.fairlead.kernel.route.LinkAddress;
import io.fairlead.kernel.route.RouteNetlink;
import io.fairlead.test.netns.Place;
import io.fairlead.test.netns.Tool;
import java.util.List;

/**
 * A client, a node with IPVS and virtual addresses on a dummy link, and two backends behind it, each in a namespace.
 *
 * <pre>
 *   client ──── node ──┬── pod-1
 *                      └── pod-2
 * </pre>
 *
 * <p>Confined to one thread.
 */
final class IpvsStage implements AutoCloseable {

    static final int TCP = 6;
    static final int UDP = 17;
    static final int SCTP = 132;
    static final int PORT = 80;

    static final IpAddress VIRTUAL = IpAddress.parse("172.30.0.41");
    static final IpAddress VIRTUAL6 = IpAddress.parse("fd00:172:30::41");
    private static final List<IpAddress> PODS = List.of(IpAddress.parse("10.180.0.1"), IpAddress.parse("10.180.0.2"));
    private static final List<IpAddress> PODS6 =
            List.of(IpAddress.parse("fd00:10:180::1"), IpAddress.parse("fd00:10:180::2"));
    private static final IpAddress CLIENT = IpAddress.parse("203.0.113.2");
    private static final IpAddress CLIENT6 = IpAddress.parse("fd00:203:113::2");
    private static final IpAddress NODE = IpAddress.parse("192.168.0.2");
    private static final IpAddress NODE6 = IpAddress.parse("fd00:192:168::2");
    private static final String DUMMY = "virtual";
    private static final int BITS = 32;
    private static final int BITS6 = 128;

    private final Place client = new Place();
    private final Place node = new Place();
    private final List<Place> pods = List.of(new Place(), new Place());
    private final NetlinkIpvs ipvs = node.namespace().run(NetlinkIpvs::open);

    IpvsStage() {
        node.forward();
        connect(client, "wan", CLIENT, CLIENT6);
        for (int i = 0; i < pods.size(); i++) {
            connect(pods.get(i), "pod-" + (i + 1), PODS.get(i), PODS6.get(i));
        }
        try (RouteNetlink network = node.namespace().run(RouteNetlink::open)) {
            int dummy = network.createDummy(DUMMY).index();
            network.setUp(dummy, true);
            network.addAddress(LinkAddress.global(dummy, IpBytes.address(VIRTUAL.toBytes()), BITS));
            network.addAddress(LinkAddress.global(dummy, IpBytes.address(VIRTUAL6.toBytes()), BITS6));
        }
    }

    /** Another host, with addresses of its own, and all else behind the node. */
    private void connect(Place host, String link, IpAddress address, IpAddress address6) {
        node.wire(link, host, "eth0");
        node.address(link, NODE);
        node.address(link, NODE6);
        node.routeOnLink(address + "/" + BITS, link);
        node.routeOnLink(address6 + "/" + BITS6, link);
        host.address("eth0", address);
        host.address("eth0", address6);
        host.routeOnLink(NODE + "/" + BITS, "eth0");
        host.routeOnLink(NODE6 + "/" + BITS6, "eth0");
        host.route("0.0.0.0/0", "eth0", NODE.toString());
        host.route("::/0", "eth0", NODE6.toString());
    }

    Ipvs ipvs() {
        return ipvs;
    }

    Place client() {
        return client;
    }

    /** @param number 0 or 1 */
    Place pod(int number) {
        return pods.get(number);
    }

    static VirtualServerKey key(IpAddress address, int protocol) {
        return new VirtualServerKey(IpBytes.address(address.toBytes()), protocol, PORT);
    }

    /** @param number 0 or 1 */
    static RealServerKey real(boolean ipv6, int number) {
        IpAddress address = (ipv6 ? PODS6 : PODS).get(number);
        return new RealServerKey(IpBytes.address(address.toBytes()), IpvsBackend.PORT);
    }

    /** A virtual server with both backends, which have equal weight. */
    void serve(VirtualServer server) {
        boolean ipv6 = server.key().isIpv6();
        ipvs.apply(new AddVirtualServer(server));
        for (int i = 0; i < pods.size(); i++) {
            ipvs.apply(new AddRealServer(server.key(), RealServer.of(real(ipv6, i), 1)));
        }
    }

    /** A backend as it is read. */
    RealServerStatus status(VirtualServerKey server, int number) {
        RealServerKey wanted = real(server.isIpv6(), number);
        return ipvs.realServers(server).stream()
                .filter(status -> status.server().key().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no real server " + wanted + " of " + server));
    }

    /** What ipvsadm says on the node. */
    String ipvsadm(String... words) {
        String[] command = new String[words.length + 1];
        command[0] = "ipvsadm";
        System.arraycopy(words, 0, command, 1, words.length);
        return Tool.run(node.namespace(), command);
    }

    void set(String sysctl, long value) {
        Sysctl.Outcome outcome = node.namespace().run(() -> new Sysctl(sysctl).write(value));
        if (!(outcome instanceof Sysctl.Value)) {
            throw new AssertionError(sysctl + ": " + outcome);
        }
    }

    /** Takes all virtual servers away. */
    void clear() {
        ipvsadm("--clear");
    }

    @Override
    public void close() {
        ipvs.close();
        client.close();
        node.close();
        pods.forEach(Place::close);
    }
}
