package io.fairlead.kernel.route;

import java.net.InetAddress;

/**
 * Where a route sends packets.
 *
 * <p>Immutable.
 */
public sealed interface NextHop {

    /**
     * To a router that is reachable on the link, also when no prefix of the link covers it.
     *
     * <p>Immutable.
     */
    record Gateway(InetAddress address, int link) implements NextHop {}

    /**
     * To neighbours on the link.
     *
     * <p>Immutable.
     */
    record OnLink(int link) implements NextHop {}

    /**
     * To this host, whatever addresses its links have.
     *
     * <p>Immutable.
     */
    record Local(int link) implements NextHop {}

    /**
     * Nowhere, and nobody is told (RTN_BLACKHOLE).
     *
     * <p>Immutable.
     */
    record Blackhole() implements NextHop {}

    /**
     * Nowhere; the sender gets an ICMP error (RTN_UNREACHABLE).
     *
     * <p>Immutable.
     */
    record Unreachable() implements NextHop {}

    /**
     * What somebody else set and we can only show: several hops, broadcast, nexthop objects.
     *
     * <p>Immutable.
     *
     * @param type RTN_* of linux/rtnetlink.h
     */
    record Other(int type) implements NextHop {}
}
