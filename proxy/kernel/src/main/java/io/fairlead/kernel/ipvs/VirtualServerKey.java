package io.fairlead.kernel.ipvs;

import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * By what IPVS tells virtual servers apart.
 *
 * <p>Immutable.
 *
 * @param address to which clients send
 * @param protocol IP protocol number; the kernel balances TCP, UDP and SCTP and accepts any
 * @param port 0 for all that no other virtual server of the address has
 */
public record VirtualServerKey(InetAddress address, int protocol, int port) {

    /** The kernel keeps two bytes of it. */
    private static final int PROTOCOL_MAX = 0xffff;

    /** @throws IllegalArgumentException if a number is out of range */
    public VirtualServerKey {
        RealServerKey.checkPort(port);
        if (protocol < 0 || protocol > PROTOCOL_MAX) {
            throw new IllegalArgumentException("no protocol " + protocol);
        }
    }

    public boolean isIpv6() {
        return address instanceof Inet6Address;
    }

    /** For example {@code 10.0.0.10:80/tcp} or {@code [fd00:0:0:0:0:0:0:a]:80/udp}. */
    @Override
    public String toString() {
        return RealServerKey.text(address, port) + "/" + protocolText();
    }

    private String protocolText() {
        return switch (protocol) {
            case 6 -> "tcp";
            case 17 -> "udp";
            case 132 -> "sctp";
            default -> Integer.toString(protocol);
        };
    }
}
