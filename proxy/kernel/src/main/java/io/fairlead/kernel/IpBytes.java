package io.fairlead.kernel;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * IP addresses from the bytes of kernel messages, without ever asking a resolver.
 *
 * <p>Thread-safe.
 */
public final class IpBytes {

    public static final int IPV4_BYTES = 4;
    public static final int IPV6_BYTES = 16;

    private IpBytes() {}

    /**
     * An address without a name and without a scope. Sixteen bytes always give IPv6, also when they hold a mapped
     * IPv4 address, which the JDK would otherwise turn into IPv4.
     *
     * @param bytes 4 or 16, in network order
     */
    public static InetAddress address(byte[] bytes) {
        try {
            return bytes.length == IPV6_BYTES
                    ? Inet6Address.getByAddress(null, bytes, -1)
                    : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an IP address has 4 or 16 bytes, not " + bytes.length, e);
        }
    }
}
