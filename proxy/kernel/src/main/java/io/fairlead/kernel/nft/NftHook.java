package io.fairlead.kernel.nft;

import java.util.Locale;

/**
 * Netfilter hooks of the ip and ip6 families; the ordinal is the kernel's number (NF_INET_*).
 *
 * <p>Immutable.
 */
public enum NftHook {
    PREROUTING,
    INPUT,
    FORWARD,
    OUTPUT,
    POSTROUTING;

    /** As {@code nft} writes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
