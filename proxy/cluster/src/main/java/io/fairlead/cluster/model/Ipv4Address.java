package io.fairlead.cluster.model;

import org.jspecify.annotations.Nullable;

/**
 * An IPv4 address as its 32 bits.
 *
 * <p>Immutable.
 */
public record Ipv4Address(int bits) implements IpAddress {

    static Ipv4Address read(byte[] bytes, int offset) {
        return new Ipv4Address((bytes[offset] & 0xff) << 24
                | (bytes[offset + 1] & 0xff) << 16
                | (bytes[offset + 2] & 0xff) << 8
                | bytes[offset + 3] & 0xff);
    }

    @Override
    public IpFamily family() {
        return IpFamily.IPV4;
    }

    @Override
    public void writeTo(byte[] target, int offset) {
        target[offset] = (byte) (bits >>> 24);
        target[offset + 1] = (byte) (bits >>> 16);
        target[offset + 2] = (byte) (bits >>> 8);
        target[offset + 3] = (byte) bits;
    }

    @Override
    public boolean isLoopback() {
        return bits >>> 24 == 127;
    }

    @Override
    public boolean isUnspecified() {
        return bits == 0;
    }

    @Override
    public boolean isLinkLocal() {
        return bits >>> 16 == 0xa9fe;
    }

    @Override
    public IpAddress masked(int prefixLength) {
        return new Ipv4Address(prefixLength == 0 ? 0 : bits & -1 << (32 - prefixLength));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Ipv4Address that && bits == that.bits;
    }

    /** Hot path: a record's own method goes through method handles, which cost dearly before they are compiled. */
    @Override
    public int hashCode() {
        return bits;
    }

    @Override
    public String toString() {
        return (bits >>> 24) + "." + (bits >>> 16 & 0xff) + "." + (bits >>> 8 & 0xff) + "." + (bits & 0xff);
    }
}
