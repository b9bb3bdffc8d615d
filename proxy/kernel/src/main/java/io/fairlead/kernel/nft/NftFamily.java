package io.fairlead.kernel.nft;

/**
 * Table families that we use (include/uapi/linux/netfilter.h, NFPROTO_*).
 *
 * <p>Immutable.
 */
public enum NftFamily {
    IP(2, "ip"),
    IP6(10, "ip6");

    private final int number;
    private final String text;

    NftFamily(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** The kernel's number, NFPROTO_*. */
    public int number() {
        return number;
    }

    /** As {@code nft} writes it. */
    @Override
    public String toString() {
        return text;
    }
}
