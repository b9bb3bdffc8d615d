package io.fairlead.kernel.route;

import static io.fairlead.kernel.route.VethPair.ip;
import static io.fairlead.kernel.route.VethPair.v6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.netns.Tool;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RouteNetlinkTest {

    private static final int OURS = 201;
    private static final int LOOPBACK = 1;

    private NetNs inside = NetNs.anonymous();
    private RouteNetlink route = inside.run(RouteNetlink::open);

    @BeforeEach
    void loopbackUp() {
        route.setUp(LOOPBACK, true);
    }

    @AfterEach
    void close() {
        route.close();
        inside.close();
    }

    @Test
    void freshNamespaceHasLoopback() {
        Link loopback = route.link("lo");
        assertEquals(List.of(loopback), route.links());
        assertTrue(loopback.isUp() && loopback.isLoopback() && loopback.hasCarrier(), loopback.toString());
        assertEquals(new Link(LOOPBACK, "lo", "", loopback.flags(), 65536, 0, MacAddress.NONE), loopback);
    }

    @Test
    void vethPairSpansTwoNamespaces() {
        try (NetNs other = NetNs.anonymous();
                RouteNetlink there = other.run(RouteNetlink::open)) {
            Link here = route.createVeth("eth0", other, "peer0");
            assertEquals("veth", here.kind());
            assertFalse(here.hasCarrier());
            Link peer = there.link("peer0");
            route.setUp(here.index(), true);
            there.setUp(peer.index(), true);
            assertTrue(route.link("eth0").hasCarrier());
            assertTrue(inside.run(() -> Tool.run("ip", "-d", "link", "show", "eth0"))
                    .contains(" veth "));
            assertTrue(route.deleteLink("eth0"));
            assertEquals(Optional.empty(), there.findLink("peer0"));
        }
        assertFalse(route.deleteLink("eth0"));
    }

    @Test
    void changesOfALinkAreReadBack() {
        try (NetNs other = NetNs.anonymous();
                RouteNetlink there = other.run(RouteNetlink::open)) {
            Link bridge = route.createBridge("br0");
            Link port = route.createVeth("port0", other, "peer0");
            MacAddress mac = new MacAddress(0x02_00_5e_10_20_30L);
            route.setMac(port.index(), mac);
            route.setMtu(port.index(), 1400);
            route.setMaster(port.index(), bridge.index());
            route.rename(port.index(), "port1");
            assertEquals(
                    new Link(port.index(), "port1", "veth", port.flags(), 1400, bridge.index(), mac),
                    route.link("port1"));
            String shown = inside.run(() -> Tool.run("ip", "link", "show", "port1"));
            assertTrue(shown.contains("mtu 1400") && shown.contains("master br0"), shown);
            assertTrue(shown.contains(mac.toString()), shown);
            route.setMaster(port.index(), 0);
            assertEquals(0, route.link("port1").master());
            route.moveTo(port.index(), other);
            assertEquals(Optional.empty(), route.findLink("port1"));
            assertEquals("veth", there.link("port1").kind());
        }
    }

    @Test
    void dummyIsMadeOrTheKernelSaysThatItHasNone() {
        try {
            assertEquals("dummy", route.createDummy("node-ip").kind());
        } catch (KernelException e) {
            assertEquals(Errno.EOPNOTSUPP, e.errno(), e.toString());
            assertEquals(Optional.empty(), route.findLink("node-ip"));
        }
    }

    @Test
    void aRouteIsLookedUpAsForAPacket() {
        for (InetAddress own : List.of(ip(10, 4, 4, 4), v6(4))) {
            assertEquals(Optional.empty(), route.route(own));
            route.addAddress(LinkAddress.global(LOOPBACK, own, own.getAddress().length * Byte.SIZE));
            Route found = awaitRoute(own);
            assertEquals(new NextHop.Local(LOOPBACK), found.nextHop());
            assertEquals(own, found.destination());
        }
        route.addRoute(Route.of(ip(10, 9, 0, 0), 16, new NextHop.Blackhole()));
        assertEquals(Optional.empty(), route.route(ip(10, 9, 9, 9)));
    }

    /** The kernel's worker for duplicate detection adds the local route of an IPv6 address a moment later. */
    private Route awaitRoute(InetAddress destination) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        Optional<Route> found = route.route(destination);
        while (found.isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            found = route.route(destination);
        }
        return found.orElseThrow();
    }

    @Test
    void refusalNamesTheLink() {
        KernelException missing = assertThrows(KernelException.class, () -> route.link("nope"));
        assertEquals(Errno.ENODEV, missing.errno());
        assertEquals("link nope", missing.target());
        assertThrows(KernelException.class, () -> route.setUp(4711, true));
        route.createBridge("br0");
        KernelException taken = assertThrows(KernelException.class, () -> route.createBridge("br0"));
        assertEquals(Errno.EEXIST, taken.errno());
        assertThrows(IllegalArgumentException.class, () -> route.createBridge("sixteen-bytes-xx"));
        assertThrows(IllegalArgumentException.class, () -> route.findLink(""));
    }

    @Test
    void addressesComeAndGo() {
        int bridge = route.createBridge("br0").index();
        LinkAddress four = LinkAddress.global(bridge, ip(192, 168, 7, 1), 24);
        LinkAddress six = LinkAddress.global(bridge, v6(0x77), 64);
        LinkAddress host = new LinkAddress(LOOPBACK, ip(10, 0, 0, 1), 32, LinkAddress.SCOPE_HOST, 0);
        for (LinkAddress address : List.of(four, six, host)) {
            assertTrue(route.addAddress(address));
            assertFalse(route.addAddress(address), address + " was added twice");
        }
        assertEquals(
                List.of("10.0.0.1/32 scope 254", "127.0.0.1/8 scope 254", "192.168.7.1/24 scope 0"),
                shown("10.", "127.", "192."));
        assertEquals(List.of("0:0:0:0:0:0:0:1/128 scope 254", "fd77:0:0:0:0:0:0:77/64 scope 0"), shown("0:", "fd77:"));
        String witness = inside.run(() -> Tool.run("ip", "-o", "address", "show"));
        assertTrue(witness.contains("192.168.7.1/24 scope global") && witness.contains("fd77::77/64"), witness);
        for (LinkAddress address : List.of(four, six, host)) {
            assertTrue(route.removeAddress(address));
            assertFalse(route.removeAddress(address), address + " was removed twice");
        }
        assertEquals(List.of(), shown("10.", "192.", "fd77:"));
    }

    private List<String> shown(String... starts) {
        return route.addresses().stream()
                .map(a -> a.address().getHostAddress() + "/" + a.prefixLength() + " scope " + a.scope())
                .filter(text -> List.of(starts).stream().anyMatch(text::startsWith))
                .sorted()
                .toList();
    }

    @Test
    void addressOfAPointToPointLinkIsTheLocalOne() {
        route.createBridge("br0");
        inside.run(() -> Tool.run("ip", "address", "add", "10.1.1.1", "peer", "10.1.1.2/32", "dev", "br0"));
        assertEquals(List.of("10.1.1.1/32 scope 0"), shown("10."));
    }

    @Test
    void tentativeAndDeprecatedAddressesSaySo() {
        int bridge = route.createBridge("br0").index();
        route.setUp(bridge, true);
        // Without a carrier duplicate detection cannot end, so the address stays tentative.
        LinkAddress checked = new LinkAddress(bridge, v6(1), 64, LinkAddress.SCOPE_GLOBAL, 0);
        assertTrue(route.addAddress(checked));
        inside.run(() -> Tool.run("ip", "address", "add", "fd77::2/64", "dev", "br0", "nodad", "preferred_lft", "0"));
        LinkAddress first = find(v6(1));
        LinkAddress second = find(v6(2));
        assertTrue(first.isTentative() && !first.isDeprecated(), first.toString());
        assertTrue(second.isDeprecated() && !second.isTentative(), second.toString());
    }

    private LinkAddress find(InetAddress address) {
        return route.addresses().stream()
                .filter(one -> one.address().equals(address))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void routesOfEveryKindAreReadBackByProtocol() {
        int bridge = route.createBridge("br0").index();
        route.addAddress(LinkAddress.global(bridge, ip(10, 77, 0, 1), 24));
        route.addAddress(LinkAddress.global(bridge, v6(1), 64));
        route.setUp(bridge, true);
        List<Route> ours = List.of(
                ours(ip(10, 2, 0, 0), 16, new NextHop.Gateway(ip(10, 77, 0, 9), bridge), 254),
                ours(ip(10, 3, 0, 0), 16, new NextHop.Gateway(ip(169, 254, 1, 1), bridge), 254),
                ours(ip(10, 4, 0, 0), 16, new NextHop.OnLink(bridge), 254),
                ours(ip(10, 5, 0, 0), 16, new NextHop.Local(LOOPBACK), 1000),
                ours(ip(10, 6, 0, 0), 16, new NextHop.Blackhole(), 254),
                ours(ip(0, 0, 0, 0), 0, new NextHop.Unreachable(), 254),
                ours(v6(0), 126, new NextHop.Gateway(v6(9), bridge), 254),
                ours(v6(8), 126, new NextHop.OnLink(bridge), 1000),
                ours(v6(16), 126, new NextHop.Local(LOOPBACK), 254),
                ours(v6(32), 126, new NextHop.Blackhole(), 254),
                ours(v6(64), 126, new NextHop.Unreachable(), 254));
        for (Route one : ours) {
            assertTrue(route.addRoute(one));
            assertFalse(route.addRoute(one), one + " was added twice");
        }
        List<Route> read = route.routes(OURS);
        assertEquals(ours.size(), read.size(), read.toString());
        assertTrue(read.containsAll(ours), read.toString());
        assertTrue(route.routes().size() > ours.size());
        String witness = inside.run(() -> Tool.run("ip", "route", "show", "proto", String.valueOf(OURS)));
        assertTrue(witness.contains("10.2.0.0/16 via 10.77.0.9 dev br0"), witness);
        assertTrue(witness.contains("unreachable default"), witness);
        for (Route one : ours) {
            assertTrue(route.removeRoute(one), one + " was not there");
            assertFalse(route.removeRoute(one), one + " was removed twice");
        }
        assertEquals(List.of(), route.routes(OURS));
    }

    private static Route ours(InetAddress prefix, int length, NextHop hop, int table) {
        return new Route(prefix, length, hop, table, OURS, 77);
    }

    @Test
    void replaceTakesThePlaceOfARoute() {
        int bridge = route.createBridge("br0").index();
        route.setUp(bridge, true);
        Route first = Route.of(ip(10, 2, 0, 0), 16, new NextHop.OnLink(bridge));
        Route second = Route.of(ip(10, 2, 0, 0), 16, new NextHop.Gateway(ip(10, 9, 9, 9), bridge));
        route.replaceRoute(first);
        assertEquals(List.of(first), route.routes(Route.PROTOCOL_STATIC));
        route.replaceRoute(second);
        assertEquals(List.of(second), route.routes(Route.PROTOCOL_STATIC));
    }

    @Test
    void routesThatOthersSetAreShownButCannotBeWritten() {
        int bridge = route.createBridge("br0").index();
        route.addAddress(LinkAddress.global(bridge, ip(10, 77, 0, 1), 24));
        route.setUp(bridge, true);
        inside.run(() -> Tool.run(
                "ip", "route", "add", "10.8.0.0/16", "nexthop", "via", "10.77.0.8", "nexthop", "via", "10.77.0.9"));
        Route several = route.routes().stream()
                .filter(one -> one.destination().equals(ip(10, 8, 0, 0)))
                .findFirst()
                .orElseThrow();
        assertEquals(new NextHop.Other(1), several.nextHop());
        assertThrows(IllegalArgumentException.class, () -> route.addRoute(several));
    }

    @Test
    void permanentNeighbours() {
        int bridge = route.createBridge("br0").index();
        route.setUp(bridge, true);
        List<Neighbour> set = List.of(
                new Neighbour(bridge, ip(10, 1, 1, 1), new MacAddress(0x02_00_00_00_00_01L), Neighbour.PERMANENT),
                new Neighbour(bridge, v6(1), new MacAddress(0x02_00_00_00_00_02L), Neighbour.PERMANENT));
        set.forEach(route::setNeighbour);
        set.forEach(route::setNeighbour);
        assertTrue(route.neighbours().containsAll(set), route.neighbours().toString());
        String witness = inside.run(() -> Tool.run("ip", "neigh", "show"));
        assertTrue(witness.contains("10.1.1.1 dev br0 lladdr 02:00:00:00:00:01 PERMANENT"), witness);
        for (Neighbour one : set) {
            assertTrue(route.removeNeighbour(one));
            assertFalse(route.removeNeighbour(one), one + " was removed twice");
        }
    }

    @Test
    void recordsRefuseWhatTheKernelCouldNotMean() {
        NextHop hop = new NextHop.OnLink(1);
        assertThrows(IllegalArgumentException.class, () -> Route.of(ip(10, 0, 0, 0), 33, hop));
        assertThrows(IllegalArgumentException.class, () -> new Route(ip(10, 0, 0, 0), 8, hop, 254, 256, 0));
        assertThrows(IllegalArgumentException.class, () -> Route.of(ip(10, 0, 0, 0), 8, new NextHop.Gateway(v6(1), 1)));
        assertThrows(IllegalArgumentException.class, () -> LinkAddress.global(1, v6(1), 129));
        assertThrows(IllegalArgumentException.class, () -> new MacAddress(1L << 48));
        assertEquals(MacAddress.NONE, MacAddress.of(new byte[] {1, 2, 3, 4}));
        assertEquals("02:00:00:00:00:ff", new MacAddress(0x02_00_00_00_00_ffL).toString());
    }

    @Test
    void thousandsOfAddressesAreListed() {
        int bridge = route.createBridge("br0").index();
        for (int i = 0; i < 3000; i++) {
            assertTrue(route.addAddress(LinkAddress.global(bridge, ip(10, 9, i >> 8, i & 0xff), 32)));
        }
        assertEquals(3000, shown("10.9.").size());
    }
}
