package io.fairlead.kernel.nft;

import java.util.Locale;

/**
 * Netfilter hooks of the ip and ip6 families; the number is the kernel's (NF_INET_*).
 *
 * <p>Immutable.
 */
public enum NftHook {
    PREROUTING(0),
    INPUT(1),
    FORWARD(2),
    OUTPUT(3),
    POSTROUTING(4);

    private final int number;

    NftHook(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** As {@code nft} writes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
