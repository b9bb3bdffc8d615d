package io.fairlead.kernel.conntrack;

import java.net.InetAddress;

/**
 * One direction of a flow of TCP, UDP or SCTP.
 *
 * <p>Immutable.
 *
 * @param protocol IP protocol number
 */
public record Tuple(int protocol, InetAddress source, int sourcePort, InetAddress destination, int destinationPort) {

    public Tuple {
        if (source.getAddress().length != destination.getAddress().length) {
            throw new IllegalArgumentException(
                    source.getHostAddress() + " and " + destination.getHostAddress() + " are of different families");
        }
    }
}
