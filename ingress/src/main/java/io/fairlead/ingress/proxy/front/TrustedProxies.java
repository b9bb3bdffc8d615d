package io.fairlead.ingress.proxy.front;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Ipv4Address;
import io.fairlead.cluster.model.Ipv6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Who is believed when it says of whom a request is.
 *
 * <p>Immutable.
 */
public final class TrustedProxies {

    /** Nobody. */
    public static final TrustedProxies NONE = new TrustedProxies(List.of());

    private static final int IPV4_BITS_BEFORE = 96;

    private final long[] highs;
    private final long[] lows;
    private final int[] lengths;

    public TrustedProxies(List<IpPrefix> prefixes) {
        highs = new long[prefixes.size()];
        lows = new long[prefixes.size()];
        lengths = new int[prefixes.size()];
        for (int i = 0; i < prefixes.size(); i++) {
            IpPrefix prefix = prefixes.get(i);
            boolean ipv4 = prefix.address() instanceof Ipv4Address;
            highs[i] = high(prefix.address());
            lows[i] = low(prefix.address());
            lengths[i] = ipv4 ? IPV4_BITS_BEFORE + prefix.length() : prefix.length();
        }
    }

    private static long high(IpAddress address) {
        return switch (address) {
            case Ipv4Address ignored -> 0;
            case Ipv6Address ipv6 -> ByteBuffer.wrap(ipv6.toBytes()).getLong();
        };
    }

    private static long low(IpAddress address) {
        return switch (address) {
            case Ipv4Address ipv4 ->
                AddressScanner.IPV4_IN_IPV6
                        | Integer.toUnsignedLong(ByteBuffer.wrap(ipv4.toBytes()).getInt());
            case Ipv6Address ipv6 -> ByteBuffer.wrap(ipv6.toBytes()).getLong(Long.BYTES);
        };
    }

    public boolean isEmpty() {
        return lengths.length == 0;
    }

    /** Whether what comes from this address is believed. */
    public boolean contains(InetAddress address) {
        IpAddress parsed = IpAddress.ofBytes(address.getAddress());
        return !isEmpty() && contains(high(parsed), low(parsed));
    }

    /** Hot path: the same of an address as {@link AddressScanner} has it. */
    boolean contains(long high, long low) {
        for (int i = 0; i < lengths.length; i++) {
            int length = lengths[i];
            long maskHigh = length >= 64 ? -1 : length == 0 ? 0 : -1L << 64 - length;
            long maskLow = length <= 64 ? 0 : length == 128 ? -1 : -1L << 128 - length;
            if (((high ^ highs[i]) & maskHigh) == 0 && ((low ^ lows[i]) & maskLow) == 0) {
                return true;
            }
        }
        return false;
    }
}
