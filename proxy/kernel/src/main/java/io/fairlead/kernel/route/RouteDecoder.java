package io.fairlead.kernel.route;

import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.netlink.NetlinkAttributes;
import io.fairlead.kernel.netlink.NetlinkMessage;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Turns messages of rtnetlink into values. Empty for what is not ours to understand: the messages of bridges about
 * their ports, which share a type with those about links, and families other than IPv4 and IPv6.
 *
 * <p>Confined to the thread of its socket.
 */
final class RouteDecoder {

    private static final byte[] NO_BYTES = {};

    private final NetlinkAttributes attributes = new NetlinkAttributes();
    private final NetlinkAttributes nested = new NetlinkAttributes();

    /** Decodes a message of type NEWLINK or DELLINK: struct ifinfomsg and IFLA_*. */
    Optional<Link> link(NetlinkMessage message) {
        if (message.byteAt(0) != Rtnetlink.AF_UNSPEC) {
            return Optional.empty();
        }
        String name = "";
        String kind = "";
        int mtu = 0;
        int master = 0;
        MacAddress mac = MacAddress.NONE;
        message.attributes(Rtnetlink.LINK_HEADER, attributes);
        while (attributes.next()) {
            switch (attributes.type()) {
                case Rtnetlink.IFLA_IFNAME -> name = attributes.textValue();
                case Rtnetlink.IFLA_MTU -> mtu = attributes.intValue();
                case Rtnetlink.IFLA_MASTER -> master = attributes.intValue();
                case Rtnetlink.IFLA_ADDRESS -> mac = MacAddress.of(attributes.bytesValue());
                case Rtnetlink.IFLA_LINKINFO -> kind = kind();
                default -> {}
            }
        }
        return Optional.of(new Link(message.intAt(4), name, kind, message.intAt(8), mtu, master, mac));
    }

    private String kind() {
        attributes.nested(nested);
        while (nested.next()) {
            if (nested.type() == Rtnetlink.IFLA_INFO_KIND) {
                return nested.textValue();
            }
        }
        return "";
    }

    /** Decodes a message of type NEWADDR or DELADDR: struct ifaddrmsg and IFA_*. */
    Optional<LinkAddress> address(NetlinkMessage message) {
        int bytes = addressBytes(message.byteAt(0));
        byte[] local = NO_BYTES;
        byte[] address = NO_BYTES;
        int flags = message.byteAt(2);
        message.attributes(Rtnetlink.ADDRESS_HEADER, attributes);
        while (attributes.next()) {
            switch (attributes.type()) {
                case Rtnetlink.IFA_LOCAL -> local = attributes.bytesValue();
                case Rtnetlink.IFA_ADDRESS -> address = attributes.bytesValue();
                case Rtnetlink.IFA_FLAGS -> flags = attributes.intValue();
                default -> {}
            }
        }
        // On a point-to-point link IFA_ADDRESS is the other end; IPv6 sends IFA_LOCAL only then.
        byte[] own = local.length > 0 ? local : address;
        if (bytes == 0 || own.length != bytes) {
            return Optional.empty();
        }
        return Optional.of(
                new LinkAddress(message.intAt(4), IpBytes.address(own), message.byteAt(1), message.byteAt(3), flags));
    }

    /** Decodes a message of type NEWROUTE or DELROUTE: struct rtmsg and RTA_*. */
    Optional<Route> route(NetlinkMessage message) {
        int bytes = addressBytes(message.byteAt(0));
        if (bytes == 0) {
            return Optional.empty();
        }
        byte[] destination = new byte[bytes];
        byte[] gateway = NO_BYTES;
        int link = 0;
        int metric = 0;
        int table = message.byteAt(4);
        message.attributes(Rtnetlink.ROUTE_HEADER, attributes);
        while (attributes.next()) {
            switch (attributes.type()) {
                case Rtnetlink.RTA_DST -> attributes.copyTo(destination);
                case Rtnetlink.RTA_GATEWAY -> gateway = attributes.bytesValue();
                case Rtnetlink.RTA_OIF -> link = attributes.intValue();
                case Rtnetlink.RTA_PRIORITY -> metric = attributes.intValue();
                case Rtnetlink.RTA_TABLE -> table = attributes.intValue();
                default -> {}
            }
        }
        NextHop nextHop = nextHop(message.byteAt(7), gateway, link);
        InetAddress prefix = IpBytes.address(destination);
        return Optional.of(new Route(prefix, message.byteAt(1), nextHop, table, message.byteAt(5), metric));
    }

    private static NextHop nextHop(int type, byte[] gateway, int link) {
        return switch (type) {
            case Rtnetlink.RTN_BLACKHOLE -> new NextHop.Blackhole();
            case Rtnetlink.RTN_UNREACHABLE -> new NextHop.Unreachable();
            case Rtnetlink.RTN_LOCAL -> new NextHop.Local(link);
            case Rtnetlink.RTN_UNICAST -> unicast(gateway, link);
            default -> new NextHop.Other(type);
        };
    }

    private static NextHop unicast(byte[] gateway, int link) {
        if (link == 0) {
            // Several hops, or a nexthop object.
            return new NextHop.Other(Rtnetlink.RTN_UNICAST);
        }
        return gateway.length == 0 ? new NextHop.OnLink(link) : new NextHop.Gateway(IpBytes.address(gateway), link);
    }

    /** Decodes a message of type NEWNEIGH or DELNEIGH: struct ndmsg and NDA_*. */
    Optional<Neighbour> neighbour(NetlinkMessage message) {
        int bytes = addressBytes(message.byteAt(0));
        byte[] address = NO_BYTES;
        MacAddress mac = MacAddress.NONE;
        message.attributes(Rtnetlink.NEIGHBOUR_HEADER, attributes);
        while (attributes.next()) {
            switch (attributes.type()) {
                case Rtnetlink.NDA_DST -> address = attributes.bytesValue();
                case Rtnetlink.NDA_LLADDR -> mac = MacAddress.of(attributes.bytesValue());
                default -> {}
            }
        }
        if (bytes == 0 || address.length != bytes) {
            return Optional.empty();
        }
        return Optional.of(new Neighbour(message.intAt(4), IpBytes.address(address), mac, message.shortAt(8)));
    }

    /** 0 for families that we do not know. */
    private static int addressBytes(int family) {
        return switch (family) {
            case Rtnetlink.AF_INET -> IpBytes.IPV4_BYTES;
            case Rtnetlink.AF_INET6 -> IpBytes.IPV6_BYTES;
            default -> 0;
        };
    }
}
