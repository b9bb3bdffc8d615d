package io.fairlead.lab.topology;

import io.fairlead.kernel.Sysctl;
import io.fairlead.kernel.route.LinkAddress;
import io.fairlead.kernel.route.NextHop;
import io.fairlead.kernel.route.Route;
import io.fairlead.kernel.route.RouteNetlink;
import io.fairlead.lab.run.LabException;
import java.util.List;
import java.util.Map;

/**
 * The network of one host while it is being built.
 *
 * <p>Confined to the thread that builds the lab.
 */
final class Wiring implements AutoCloseable {

    private static final int SINGLE4 = 32;
    private static final int SINGLE6 = 128;

    private static final Range EVERYTHING = new Range(DualStack.of("0.0.0.0", "::"), 0, 0);

    /**
     * Addresses are usable at once, and nobody else's announcements or filters take part: a source address counts
     * as plausible if any route leads back to it (RFC 3704 section 2.4, loose).
     */
    private static final Map<String, Integer> EVERY_HOST = Map.of(
            "net/ipv6/conf/default/dad_transmits", 0,
            "net/ipv6/conf/default/accept_dad", 0,
            "net/ipv6/conf/default/accept_ra", 0,
            "net/ipv6/conf/default/router_solicitations", 0,
            "net/ipv6/conf/all/disable_ipv6", 0,
            "net/ipv6/conf/default/disable_ipv6", 0,
            "net/ipv4/conf/all/rp_filter", 2,
            "net/ipv4/conf/default/rp_filter", 2);

    private static final Map<String, Integer> ROUTERS = Map.of(
            "net/ipv4/ip_forward", 1,
            "net/ipv6/conf/all/forwarding", 1,
            "net/ipv6/conf/default/forwarding", 1);

    /** A load test opens tens of thousands of connections to one address; low ports serve nothing else here. */
    private static final Sysctl EPHEMERAL_PORTS = new Sysctl("net/ipv4/ip_local_port_range");

    private final Host host;
    private final RouteNetlink route;

    private Wiring(Host host, RouteNetlink route) {
        this.host = host;
        this.route = route;
    }

    /** Begins with a host that has nothing but a loopback link. */
    static Wiring begin(Host host, boolean forwards) {
        host.namespace().run(() -> {
            EVERY_HOST.forEach(Wiring::set);
            if (forwards) {
                ROUTERS.forEach(Wiring::set);
            } else {
                require(EPHEMERAL_PORTS, EPHEMERAL_PORTS.write("10000 65535"));
            }
        });
        Wiring wiring = new Wiring(host, host.namespace().run(RouteNetlink::open));
        wiring.up("lo");
        return wiring;
    }

    private static void set(String path, int value) {
        Sysctl sysctl = new Sysctl(path);
        require(sysctl, sysctl.write(value));
    }

    private static void require(Sysctl sysctl, Sysctl.Outcome outcome) {
        if (!(outcome instanceof Sysctl.Value)) {
            throw new LabException("cannot set " + sysctl.path() + ": " + outcome);
        }
    }

    private int up(String link) {
        int index = route.link(link).index();
        route.setUp(index, true);
        return index;
    }

    /** A bridge with an address on it. */
    void bridge(String name, DualStack address, Range range) {
        route.createBridge(name);
        address(name, address, range.bits4(), range.bits6());
        up(name);
    }

    /** A wire from here to another host; both ends are up afterwards. */
    void wire(String name, Wiring peer, String peerName) {
        route.createVeth(name, peer.host.namespace(), peerName);
        up(name);
        peer.up(peerName);
    }

    void joinBridge(String link, String bridge) {
        route.setMaster(route.link(link).index(), route.link(bridge).index());
    }

    void address(String link, DualStack address, Range range) {
        address(link, address, range.bits4(), range.bits6());
    }

    /** An address with no neighbours of its own. */
    void address(String link, DualStack address) {
        address(link, address, SINGLE4, SINGLE6);
    }

    private void address(String link, DualStack address, int bits4, int bits6) {
        int index = route.link(link).index();
        route.addAddress(LinkAddress.global(index, address.v4(), bits4));
        route.addAddress(LinkAddress.global(index, address.v6(), bits6));
    }

    /** To one neighbour, straight over the link. */
    void routeTo(DualStack neighbour, String link) {
        NextHop onLink = new NextHop.OnLink(route.link(link).index());
        add(new Range(neighbour, SINGLE4, SINGLE6), onLink, onLink);
    }

    void routeTo(Range range, DualStack gateway, String link) {
        int index = route.link(link).index();
        add(range, new NextHop.Gateway(gateway.v4(), index), new NextHop.Gateway(gateway.v6(), index));
    }

    void defaultRoute(DualStack gateway, String link) {
        routeTo(EVERYTHING, gateway, link);
    }

    /** What no better route takes within the range is refused here and does not go round in circles. */
    void refuse(Range range) {
        add(range, new NextHop.Unreachable(), new NextHop.Unreachable());
    }

    private void add(Range range, NextHop hop4, NextHop hop6) {
        for (Route each : List.of(
                Route.of(range.first().v4(), range.bits4(), hop4),
                Route.of(range.first().v6(), range.bits6(), hop6))) {
            if (!route.addRoute(each)) {
                throw new LabException(host.name() + " has a route to " + each.destination() + " already");
            }
        }
    }

    @Override
    public void close() {
        route.close();
    }
}
