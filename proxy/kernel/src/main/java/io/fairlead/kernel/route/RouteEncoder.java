package io.fairlead.kernel.route;

import io.fairlead.kernel.netlink.NetlinkClient;
import io.fairlead.kernel.netlink.NetlinkWriter;
import java.nio.charset.StandardCharsets;

/**
 * Begins requests of rtnetlink: the facility's own header, and the attributes that every request of the kind has.
 *
 * <p>Confined to the thread of its socket.
 */
final class RouteEncoder {

    private final NetlinkClient netlink;

    RouteEncoder(NetlinkClient netlink) {
        this.netlink = netlink;
    }

    /** A request about links in general, or about one that attributes name. */
    NetlinkWriter links(int type, int netlinkFlags) {
        return link(type, netlinkFlags, 0, 0, 0);
    }

    /** A request that creates a link; the caller says of which kind. */
    NetlinkWriter newLink(String name) {
        NetlinkWriter request = links(Rtnetlink.NEWLINK, NetlinkClient.FLAG_CREATE | NetlinkClient.FLAG_EXCLUSIVE);
        request.putText(Rtnetlink.IFLA_IFNAME, checkName(name));
        return request;
    }

    /** A request that changes a link. */
    NetlinkWriter changeLink(int link) {
        return link(Rtnetlink.NEWLINK, 0, link, 0, 0);
    }

    /** A request that changes flags of a link. */
    void linkFlags(int link, int flags, int change) {
        link(Rtnetlink.NEWLINK, 0, link, flags, change);
    }

    private NetlinkWriter link(int type, int netlinkFlags, int link, int flags, int change) {
        NetlinkWriter request = netlink.begin(type, netlinkFlags);
        linkHeader(request, link, flags, change);
        return request;
    }

    /** struct ifinfomsg: family, padding and hardware type, index, flags, which flags to change. */
    static void linkHeader(NetlinkWriter request, int link, int flags, int change) {
        request.fixedInt(Rtnetlink.AF_UNSPEC);
        request.fixedInt(link);
        request.fixedInt(flags);
        request.fixedInt(change);
    }

    static String checkName(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > Rtnetlink.NAME_BYTES_MAX || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("'" + name + "' cannot name a link: 1 to 15 bytes are allowed");
        }
        return name;
    }

    /** struct ifaddrmsg without values: all addresses. */
    void allAddresses() {
        NetlinkWriter request = netlink.begin(Rtnetlink.GETADDR, 0);
        request.fixedInt(Rtnetlink.AF_UNSPEC);
        request.fixedInt(0);
    }

    /** struct ifaddrmsg: family, prefix length, flags, scope, link. */
    void address(int type, int netlinkFlags, LinkAddress address) {
        byte[] bytes = address.address().getAddress();
        NetlinkWriter request = netlink.begin(type, netlinkFlags);
        request.fixedByte(Rtnetlink.family(bytes.length));
        request.fixedByte(address.prefixLength());
        request.fixedByte(address.flags());
        request.fixedByte(address.scope());
        request.fixedInt(address.link());
        request.putBytes(Rtnetlink.IFA_LOCAL, bytes);
        request.putBytes(Rtnetlink.IFA_ADDRESS, bytes);
        request.putInt(Rtnetlink.IFA_FLAGS, address.flags());
    }

    /** struct rtmsg with a filter: all routes of a family that one protocol set, 0 for all protocols. */
    void allRoutes(int family, int protocol) {
        NetlinkWriter request = netlink.begin(Rtnetlink.GETROUTE, 0);
        request.fixedInt(family);
        request.fixedByte(0);
        request.fixedByte(protocol);
        request.fixedShort(0);
        request.fixedInt(0);
    }

    /** struct rtmsg: the route that a packet to an address takes. */
    void lookup(byte[] destination) {
        NetlinkWriter request = netlink.begin(Rtnetlink.GETROUTE, 0);
        request.fixedByte(Rtnetlink.family(destination.length));
        request.fixedByte(destination.length * Byte.SIZE);
        request.fixedShort(0);
        request.fixedInt(0);
        request.fixedInt(0);
        request.putBytes(Rtnetlink.RTA_DST, destination);
    }

    /** struct rtmsg: family, three lengths; table, protocol, scope, type; flags. */
    void route(int type, int netlinkFlags, Route route) {
        byte[] destination = route.destination().getAddress();
        NextHop hop = route.nextHop();
        NetlinkWriter request = netlink.begin(type, netlinkFlags);
        request.fixedByte(Rtnetlink.family(destination.length));
        request.fixedByte(route.prefixLength());
        request.fixedShort(0);
        // The table's number may not fit here, so it is always an attribute.
        request.fixedByte(0);
        request.fixedByte(route.protocol());
        request.fixedByte(scope(hop));
        request.fixedByte(type(hop));
        request.fixedInt(hop instanceof NextHop.Gateway ? Rtnetlink.RTNH_F_ONLINK : 0);
        request.putInt(Rtnetlink.RTA_TABLE, route.table());
        request.putBytes(Rtnetlink.RTA_DST, destination);
        if (route.metric() != 0) {
            request.putInt(Rtnetlink.RTA_PRIORITY, route.metric());
        }
        switch (hop) {
            case NextHop.Gateway gateway -> {
                request.putBytes(Rtnetlink.RTA_GATEWAY, gateway.address().getAddress());
                request.putInt(Rtnetlink.RTA_OIF, gateway.link());
            }
            case NextHop.OnLink direct -> request.putInt(Rtnetlink.RTA_OIF, direct.link());
            case NextHop.Local local -> request.putInt(Rtnetlink.RTA_OIF, local.link());
            case NextHop.Blackhole _, NextHop.Unreachable _ -> {}
            case NextHop.Other _ ->
                throw new IllegalArgumentException("cannot write " + route + ": it was set by somebody else's means");
        }
    }

    private static int scope(NextHop hop) {
        return switch (hop) {
            case NextHop.OnLink _ -> Rtnetlink.RT_SCOPE_LINK;
            case NextHop.Local _ -> Rtnetlink.RT_SCOPE_HOST;
            case NextHop.Gateway _, NextHop.Blackhole _, NextHop.Unreachable _, NextHop.Other _ ->
                Rtnetlink.RT_SCOPE_UNIVERSE;
        };
    }

    private static int type(NextHop hop) {
        return switch (hop) {
            case NextHop.Gateway _, NextHop.OnLink _ -> Rtnetlink.RTN_UNICAST;
            case NextHop.Local _ -> Rtnetlink.RTN_LOCAL;
            case NextHop.Blackhole _ -> Rtnetlink.RTN_BLACKHOLE;
            case NextHop.Unreachable _ -> Rtnetlink.RTN_UNREACHABLE;
            case NextHop.Other other -> other.type();
        };
    }

    /** struct ndmsg without values: all neighbours. */
    void allNeighbours() {
        NetlinkWriter request = netlink.begin(Rtnetlink.GETNEIGH, 0);
        request.fixedInt(Rtnetlink.AF_UNSPEC);
        request.fixedInt(0);
        request.fixedInt(0);
    }

    /** struct ndmsg: family and padding, link, state, flags, type. */
    void neighbour(int type, int netlinkFlags, Neighbour neighbour) {
        byte[] bytes = neighbour.address().getAddress();
        NetlinkWriter request = netlink.begin(type, netlinkFlags);
        request.fixedInt(Rtnetlink.family(bytes.length));
        request.fixedInt(neighbour.link());
        request.fixedShort(neighbour.state());
        request.fixedShort(0);
        request.putBytes(Rtnetlink.NDA_DST, bytes);
        if (!neighbour.mac().equals(MacAddress.NONE)) {
            request.putBytes(Rtnetlink.NDA_LLADDR, neighbour.mac().toBytes());
        }
    }
}
