package io.fairlead.kernel.route;

import java.net.InetAddress;

/**
 * The check that every record with an address and a prefix length makes.
 *
 * <p>Thread-safe.
 */
final class PrefixLength {

    private PrefixLength() {}

    static void check(InetAddress address, int length) {
        int bits = address.getAddress().length * Byte.SIZE;
        if (length < 0 || length > bits) {
            throw new IllegalArgumentException(
                    "prefix length " + length + " of " + address.getHostAddress() + " is not within 0 to " + bits);
        }
    }
}
