package io.fairlead.kernel.fake;

import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * The first packet of a new connection.
 *
 * <p>Immutable.
 *
 * @param arrivesOn name of an interface; empty if a process of the node sends it
 * @param protocol IP protocol number
 * @param sourcePort the first two bytes behind the IP header, for protocols without ports too
 * @param destinationPort the next two
 */
public record TracedPacket(
        String arrivesOn,
        int protocol,
        InetAddress source,
        int sourcePort,
        InetAddress destination,
        int destinationPort) {

    private static final int PORT_MAX = 0xffff;
    private static final int PROTOCOL_MAX = 0xff;

    /** @throws IllegalArgumentException if the addresses differ in family, or a number is out of range */
    public TracedPacket {
        if (source.getAddress().length != destination.getAddress().length) {
            throw new IllegalArgumentException(source + " and " + destination + " differ in family");
        }
        if (protocol < 0 || protocol > PROTOCOL_MAX) {
            throw new IllegalArgumentException("no protocol " + protocol);
        }
        if (sourcePort < 0 || sourcePort > PORT_MAX || destinationPort < 0 || destinationPort > PORT_MAX) {
            throw new IllegalArgumentException("no port " + sourcePort + " or " + destinationPort);
        }
    }

    public boolean isSentLocally() {
        return arrivesOn.isEmpty();
    }

    public boolean isIpv6() {
        return source instanceof Inet6Address;
    }
}
