package io.fairlead.kernel.route;

import java.net.InetAddress;

/**
 * One route of one table.
 *
 * <p>Immutable.
 *
 * @param destination first address of the prefix; the kernel refuses any other
 * @param table number of the routing table
 * @param nextHop a gateway must be of the destination's family
 * @param protocol who set it (RTPROT_*, rtnetlink(7)): how a program finds its own again
 * @param metric the lower wins among equal prefixes; 0 leaves it to the kernel (IPv6: 1024)
 */
public record Route(InetAddress destination, int prefixLength, NextHop nextHop, int table, int protocol, int metric) {

    /** Where lookups go that no rule sends elsewhere. */
    public static final int TABLE_MAIN = 254;

    /** An administrator; what {@code ip route add} writes. */
    public static final int PROTOCOL_STATIC = 4;

    public Route {
        PrefixLength.check(destination, prefixLength);
        if (nextHop instanceof NextHop.Gateway gateway
                && gateway.address().getAddress().length != destination.getAddress().length) {
            throw new IllegalArgumentException(
                    "gateway " + gateway.address() + " and destination " + destination + " are of different families");
        }
        if (protocol < 0 || protocol > 255) {
            throw new IllegalArgumentException("route protocol " + protocol + " is not within 0 to 255");
        }
    }

    /** A static route of the main table. */
    public static Route of(InetAddress destination, int prefixLength, NextHop nextHop) {
        return new Route(destination, prefixLength, nextHop, TABLE_MAIN, PROTOCOL_STATIC, 0);
    }
}
