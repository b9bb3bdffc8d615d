package io.fairlead.kernel.ipvs;

import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * By what IPVS tells the real servers of one virtual server apart.
 *
 * <p>Immutable.
 */
public record RealServerKey(InetAddress address, int port) {

    private static final int PORT_MAX = 0xffff;

    /** @throws IllegalArgumentException if the port is out of range */
    public RealServerKey {
        checkPort(port);
    }

    static void checkPort(int port) {
        if (port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException("no port " + port);
        }
    }

    /** For example {@code 10.180.0.1:8080} or {@code [fd00:0:0:0:0:0:0:1]:8080}. */
    @Override
    public String toString() {
        return text(address, port);
    }

    static String text(InetAddress address, int port) {
        String host = address.getHostAddress();
        return (address instanceof Inet6Address ? "[" + host + "]" : host) + ":" + port;
    }
}
