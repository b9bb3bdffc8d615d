package io.fairlead.kernel.nft;

/**
 * Data types of set keys and values: length for the kernel, and the number by which the {@code nft} program knows how
 * to print them. In a concatenation every field is padded to a multiple of four bytes.
 *
 * <p>Immutable.
 */
public enum NftType {
    IPV4_ADDR(7, 4, "ipv4_addr"),
    IPV6_ADDR(8, 16, "ipv6_addr"),
    INET_PROTO(12, 1, "inet_proto"),
    INET_SERVICE(13, 2, "inet_service"),
    /** Four bytes in host order; used for indexes and slots. */
    MARK(19, 4, "mark");

    private final int number;
    private final int length;
    private final String text;

    NftType(int number, int length, String text) {
        this.number = number;
        this.length = length;
        this.text = text;
    }

    /** The number in the {@code nft} program (its datatype.h); six bits each in a concatenation. */
    public int number() {
        return number;
    }

    /** Length in bytes, not padded. */
    public int length() {
        return length;
    }

    /** Length in bytes inside a concatenation. */
    public int paddedLength() {
        return (length + 3) & ~3;
    }

    @Override
    public String toString() {
        return text;
    }
}
