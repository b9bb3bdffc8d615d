package io.fairlead.kernel.route;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.netlink.NetlinkClient;
import io.fairlead.kernel.netlink.NetlinkMessage;
import io.fairlead.kernel.netlink.NetlinkProtocol;
import io.fairlead.kernel.netlink.NetlinkWriter;
import io.fairlead.kernel.netns.NetNs;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Links, addresses, routes and neighbours of the network namespace in which it was opened (rtnetlink(7)).
 *
 * <p>Adding what exists and removing what does not are answers, not exceptions: a caller who wants a state does not
 * care who made it. Everything else that the kernel refuses is a {@link KernelException}.
 *
 * <p>Confined to one thread at a time.
 */
public final class RouteNetlink implements AutoCloseable {

    private static final int ADD = NetlinkClient.FLAG_CREATE | NetlinkClient.FLAG_EXCLUSIVE;
    private static final int REPLACE = NetlinkClient.FLAG_CREATE | NetlinkClient.FLAG_REPLACE;
    private static final int ANY_PROTOCOL = 0;

    /** Answers where nothing leads there, or what does refuses packets. */
    private static final Set<Integer> NO_ROUTE =
            Set.of(Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.EACCES, Errno.EINVAL);

    private final NetlinkClient netlink;
    private final RouteEncoder encoder;
    private final RouteDecoder decoder = new RouteDecoder();

    private RouteNetlink(NetlinkClient netlink) {
        this.netlink = netlink;
        this.encoder = new RouteEncoder(netlink);
    }

    /** Opens a socket in the network namespace of the calling thread. */
    public static RouteNetlink open() {
        return new RouteNetlink(NetlinkClient.open(NetlinkProtocol.ROUTE));
    }

    /** All links. */
    public List<Link> links() {
        encoder.links(Rtnetlink.GETLINK, 0);
        return dump("links", Rtnetlink.NEWLINK, decoder::link);
    }

    /** @throws KernelException ENODEV if there is none */
    public Link link(String name) {
        return findLink(name).orElseThrow(() -> new KernelException("find", "link " + name, Errno.ENODEV, ""));
    }

    /** The link of a name, if there is one. */
    public Optional<Link> findLink(String name) {
        encoder.links(Rtnetlink.GETLINK, 0).putText(Rtnetlink.IFLA_IFNAME, RouteEncoder.checkName(name));
        List<Link> found = new ArrayList<>();
        unless(
                Errno.ENODEV,
                () -> netlink.ask(
                        "find", "link " + name, message -> decoder.link(message).ifPresent(found::add)));
        return found.stream().findFirst();
    }

    /** Two links back to back, both down: one here, its peer in another namespace. */
    public Link createVeth(String name, NetNs peerNamespace, String peerName) {
        NetlinkWriter request = encoder.newLink(name);
        int info = request.beginNested(Rtnetlink.IFLA_LINKINFO);
        request.putText(Rtnetlink.IFLA_INFO_KIND, "veth");
        int data = request.beginNested(Rtnetlink.IFLA_INFO_DATA);
        int peer = request.beginNested(Rtnetlink.VETH_INFO_PEER);
        RouteEncoder.linkHeader(request, 0, 0, 0);
        request.putText(Rtnetlink.IFLA_IFNAME, RouteEncoder.checkName(peerName));
        request.putInt(Rtnetlink.IFLA_NET_NS_FD, peerNamespace.fd());
        request.endNested(peer);
        request.endNested(data);
        request.endNested(info);
        return create(name, "veth");
    }

    /** A bridge, down. */
    public Link createBridge(String name) {
        return createPlain(name, "bridge");
    }

    /**
     * A link that only carries addresses, down.
     *
     * @throws KernelException EOPNOTSUPP if this kernel has no dummy links
     */
    public Link createDummy(String name) {
        return createPlain(name, "dummy");
    }

    private Link createPlain(String name, String kind) {
        NetlinkWriter request = encoder.newLink(name);
        int info = request.beginNested(Rtnetlink.IFLA_LINKINFO);
        request.putText(Rtnetlink.IFLA_INFO_KIND, kind);
        request.endNested(info);
        return create(name, kind);
    }

    private Link create(String name, String kind) {
        netlink.execute("create", kind + " link " + name);
        return link(name);
    }

    /** Removes a link, with a veth also its peer; false if there is none. */
    public boolean deleteLink(String name) {
        encoder.links(Rtnetlink.DELLINK, 0).putText(Rtnetlink.IFLA_IFNAME, RouteEncoder.checkName(name));
        return unless(Errno.ENODEV, () -> netlink.execute("delete", "link " + name));
    }

    /** Switches a link on or off. */
    public void setUp(int link, boolean up) {
        encoder.linkFlags(link, up ? Rtnetlink.IFF_UP : 0, Rtnetlink.IFF_UP);
        netlink.execute(up ? "set up" : "set down", "link " + link);
    }

    /** @param mtu in bytes */
    public void setMtu(int link, int mtu) {
        encoder.changeLink(link).putInt(Rtnetlink.IFLA_MTU, mtu);
        netlink.execute("set MTU " + mtu + " of", "link " + link);
    }

    /** @param bridge index of the bridge to join, 0 to leave */
    public void setMaster(int link, int bridge) {
        encoder.changeLink(link).putInt(Rtnetlink.IFLA_MASTER, bridge);
        netlink.execute("set master " + bridge + " of", "link " + link);
    }

    public void setMac(int link, MacAddress mac) {
        encoder.changeLink(link).putBytes(Rtnetlink.IFLA_ADDRESS, mac.toBytes());
        netlink.execute("set address " + mac + " of", "link " + link);
    }

    /** Kernels before 6.2 rename only links that are down. */
    public void rename(int link, String name) {
        encoder.changeLink(link).putText(Rtnetlink.IFLA_IFNAME, RouteEncoder.checkName(name));
        netlink.execute("rename to " + name, "link " + link);
    }

    /** Moves a link to another namespace; there it is down and without addresses. */
    public void moveTo(int link, NetNs namespace) {
        encoder.changeLink(link).putInt(Rtnetlink.IFLA_NET_NS_FD, namespace.fd());
        netlink.execute("move to " + namespace, "link " + link);
    }

    /** All IPv4 and IPv6 addresses of all links. */
    public List<LinkAddress> addresses() {
        encoder.allAddresses();
        return dump("addresses", Rtnetlink.NEWADDR, decoder::address);
    }

    /** Adds an address; false if the link has it already. */
    public boolean addAddress(LinkAddress address) {
        encoder.address(Rtnetlink.NEWADDR, ADD, address);
        return unless(Errno.EEXIST, () -> netlink.execute("add", text(address)));
    }

    /** Removes an address; false if the link does not have it. */
    public boolean removeAddress(LinkAddress address) {
        encoder.address(Rtnetlink.DELADDR, 0, address);
        return unless(Errno.EADDRNOTAVAIL, () -> netlink.execute("remove", text(address)));
    }

    private static String text(LinkAddress address) {
        return "address " + address.address().getHostAddress() + "/" + address.prefixLength() + " of link "
                + address.link();
    }

    /** All routes of all tables, IPv4 and IPv6. */
    public List<Route> routes() {
        return routes(ANY_PROTOCOL);
    }

    /**
     * The routes that one program set, in all tables.
     *
     * @param protocol see {@link Route#protocol()}
     */
    public List<Route> routes(int protocol) {
        List<Route> routes = new ArrayList<>();
        for (int family : new int[] {Rtnetlink.AF_INET, Rtnetlink.AF_INET6}) {
            encoder.allRoutes(family, protocol);
            routes.addAll(dump("routes", Rtnetlink.NEWROUTE, decoder::route));
        }
        // Kernels before 4.20 ignore the filter.
        routes.removeIf(route -> protocol != ANY_PROTOCOL && route.protocol() != protocol);
        return List.copyOf(routes);
    }

    /** The route that a packet of this node to an address takes; empty if there is none. */
    public Optional<Route> route(InetAddress destination) {
        encoder.lookup(destination.getAddress());
        List<Route> found = new ArrayList<>();
        try {
            netlink.ask(
                    "look up",
                    "route to " + destination.getHostAddress(),
                    message -> decoder.route(message).ifPresent(found::add));
        } catch (KernelException e) {
            if (!NO_ROUTE.contains(e.errno())) {
                throw e;
            }
        }
        return found.stream().findFirst();
    }

    /** Adds a route; false if there is one to the same prefix with the same metric. */
    public boolean addRoute(Route route) {
        encoder.route(Rtnetlink.NEWROUTE, ADD, route);
        return unless(Errno.EEXIST, () -> netlink.execute("add", text(route)));
    }

    /** Adds a route, or takes the place of one to the same prefix with the same metric, without a gap. */
    public void replaceRoute(Route route) {
        encoder.route(Rtnetlink.NEWROUTE, REPLACE, route);
        netlink.execute("replace", text(route));
    }

    /** Removes a route; false if there is none like it. */
    public boolean removeRoute(Route route) {
        encoder.route(Rtnetlink.DELROUTE, 0, route);
        return unless(Errno.ESRCH, () -> netlink.execute("remove", text(route)));
    }

    private static String text(Route route) {
        return "route to " + route.destination().getHostAddress() + "/" + route.prefixLength() + " of table "
                + route.table();
    }

    /** All entries of the ARP and NDP tables. */
    public List<Neighbour> neighbours() {
        encoder.allNeighbours();
        return dump("neighbours", Rtnetlink.NEWNEIGH, decoder::neighbour);
    }

    /** Adds an entry, or changes the one of the same address. */
    public void setNeighbour(Neighbour neighbour) {
        encoder.neighbour(Rtnetlink.NEWNEIGH, REPLACE, neighbour);
        netlink.execute("set", text(neighbour));
    }

    /** Removes an entry; false if there is none. */
    public boolean removeNeighbour(Neighbour neighbour) {
        encoder.neighbour(Rtnetlink.DELNEIGH, 0, neighbour);
        return unless(Errno.ENOENT, () -> netlink.execute("remove", text(neighbour)));
    }

    private static String text(Neighbour neighbour) {
        return "neighbour " + neighbour.address().getHostAddress() + " of link " + neighbour.link();
    }

    private <T> List<T> dump(String what, int type, Function<NetlinkMessage, Optional<T>> decode) {
        List<T> found = new ArrayList<>();
        netlink.dump("list", what, new NetlinkClient.DumpVisitor() {
            @Override
            public void begin() {
                found.clear();
            }

            @Override
            public void message(NetlinkMessage message) {
                if (message.type() == type) {
                    decode.apply(message).ifPresent(found::add);
                }
            }
        });
        return List.copyOf(found);
    }

    /** Sends a request; false if it failed with an error that is an answer. */
    private static boolean unless(int answer, Runnable request) {
        try {
            request.run();
            return true;
        } catch (KernelException e) {
            if (e.errno() == answer) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        netlink.close();
    }
}
