package io.fairlead.kernel.route;

/**
 * Numbers of rtnetlink: linux/rtnetlink.h, if_link.h, if_addr.h, neighbour.h, veth.h.
 *
 * <p>Thread-safe: constants.
 */
final class Rtnetlink {

    static final int AF_UNSPEC = 0;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    static final int NEWLINK = 16;
    static final int DELLINK = 17;
    static final int GETLINK = 18;
    static final int NEWADDR = 20;
    static final int DELADDR = 21;
    static final int GETADDR = 22;
    static final int NEWROUTE = 24;
    static final int DELROUTE = 25;
    static final int GETROUTE = 26;
    static final int NEWNEIGH = 28;
    static final int DELNEIGH = 29;
    static final int GETNEIGH = 30;

    /** Bytes of struct ifinfomsg. */
    static final int LINK_HEADER = 16;

    static final int IFLA_ADDRESS = 1;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_MTU = 4;
    static final int IFLA_MASTER = 10;
    static final int IFLA_LINKINFO = 18;
    static final int IFLA_NET_NS_FD = 28;
    static final int IFLA_INFO_KIND = 1;
    static final int IFLA_INFO_DATA = 2;
    static final int VETH_INFO_PEER = 1;
    static final int IFF_UP = 1;
    /** IFNAMSIZ without the terminating zero. */
    static final int NAME_BYTES_MAX = 15;

    /** Bytes of struct ifaddrmsg. */
    static final int ADDRESS_HEADER = 8;

    static final int IFA_ADDRESS = 1;
    static final int IFA_LOCAL = 2;
    static final int IFA_FLAGS = 8;

    /** Bytes of struct rtmsg. */
    static final int ROUTE_HEADER = 12;

    static final int RTA_DST = 1;
    static final int RTA_OIF = 4;
    static final int RTA_GATEWAY = 5;
    static final int RTA_PRIORITY = 6;
    static final int RTA_TABLE = 15;

    static final int RTN_UNICAST = 1;
    static final int RTN_LOCAL = 2;
    static final int RTN_BLACKHOLE = 6;
    static final int RTN_UNREACHABLE = 7;
    static final int RT_SCOPE_UNIVERSE = 0;
    static final int RT_SCOPE_LINK = 253;
    static final int RT_SCOPE_HOST = 254;
    /** The gateway is reachable on the link even if no prefix says so. */
    static final int RTNH_F_ONLINK = 4;

    /** Bytes of struct ndmsg. */
    static final int NEIGHBOUR_HEADER = 12;

    static final int NDA_DST = 1;
    static final int NDA_LLADDR = 2;

    private Rtnetlink() {}

    static int family(int addressBytes) {
        return addressBytes == 4 ? AF_INET : AF_INET6;
    }
}
