package io.fairlead.cluster.model;

/**
 * An IPv4 or IPv6 address, held in 16 or 24 bytes because a large cluster holds hundreds of thousands.
 *
 * <p>Ordered: IPv4 before IPv6, then by unsigned value. Immutable.
 */
public sealed interface IpAddress extends Comparable<IpAddress> permits Ipv4Address, Ipv6Address {

    IpFamily family();

    /** Writes the address in network byte order at {@code offset}; the length is that of the family. */
    void writeTo(byte[] target, int offset);

    boolean isLoopback();

    /** 0.0.0.0 or ::. */
    boolean isUnspecified();

    /** 169.254.0.0/16 or fe80::/10. */
    boolean isLinkLocal();

    /** The address with all bits behind the first {@code prefixLength} cleared. */
    IpAddress masked(int prefixLength);

    /** The address in network byte order, as a fresh array. */
    default byte[] toBytes() {
        byte[] bytes = new byte[family().addressBytes()];
        writeTo(bytes, 0);
        return bytes;
    }

    /**
     * Parses the text form. Decimal parts with leading zeros are read as decimal, as Kubernetes' legacy parsers do
     * ({@code 172.30.0.041} is 172.30.0.41).
     *
     * @throws IllegalArgumentException if the text is not an address; the message quotes the text
     */
    static IpAddress parse(String text) {
        return IpText.parseAddress(text);
    }

    /**
     * Reads an address in network byte order.
     *
     * @throws IllegalArgumentException if there are neither 4 nor 16 bytes
     */
    static IpAddress ofBytes(byte[] bytes) {
        return switch (bytes.length) {
            case 4 -> Ipv4Address.read(bytes, 0);
            case 16 -> Ipv6Address.read(bytes, 0);
            default -> throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length);
        };
    }

    @Override
    default int compareTo(IpAddress other) {
        if (this instanceof Ipv4Address a && other instanceof Ipv4Address b) {
            return Integer.compareUnsigned(a.bits(), b.bits());
        }
        return this instanceof Ipv6Address a && other instanceof Ipv6Address b
                ? Ipv6Address.compare(a, b)
                : family().compareTo(other.family());
    }
}
