package io.fairlead.cluster.model;

/**
 * An IPv6 address as two halves of 64 bits, in network order. IPv4-mapped addresses are never held: the parser turns
 * them into {@link Ipv4Address}.
 *
 * <p>Immutable.
 */
public record Ipv6Address(long high, long low) implements IpAddress {

    static Ipv6Address read(byte[] bytes, int offset) {
        return new Ipv6Address(readLong(bytes, offset), readLong(bytes, offset + 8));
    }

    private static long readLong(byte[] bytes, int offset) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | bytes[offset + i] & 0xff;
        }
        return value;
    }

    static int compare(Ipv6Address a, Ipv6Address b) {
        int high = Long.compareUnsigned(a.high, b.high);
        return high != 0 ? high : Long.compareUnsigned(a.low, b.low);
    }

    @Override
    public IpFamily family() {
        return IpFamily.IPV6;
    }

    @Override
    public void writeTo(byte[] target, int offset) {
        for (int i = 0; i < 8; i++) {
            target[offset + i] = (byte) (high >>> (56 - 8 * i));
            target[offset + 8 + i] = (byte) (low >>> (56 - 8 * i));
        }
    }

    @Override
    public boolean isLoopback() {
        return high == 0 && low == 1;
    }

    @Override
    public boolean isUnspecified() {
        return high == 0 && low == 0;
    }

    @Override
    public boolean isLinkLocal() {
        return high >>> 54 == 0x3fa;
    }

    @Override
    public IpAddress masked(int prefixLength) {
        long highMask = prefixLength == 0 ? 0 : prefixLength >= 64 ? -1L : -1L << (64 - prefixLength);
        long lowMask = prefixLength <= 64 ? 0 : -1L << (128 - prefixLength);
        return new Ipv6Address(high & highMask, low & lowMask);
    }

    /** The canonical text of RFC 5952. */
    @Override
    public String toString() {
        return IpText.format(this);
    }
}
