package io.fairlead.kernel.nft;

import org.jspecify.annotations.Nullable;

/**
 * A chain: regular (reached by jump or goto) or, with {@code base}, attached to a hook with policy accept.
 *
 * <p>Immutable.
 *
 * @param name at most 255 bytes (NFT_NAME_MAXLEN)
 */
public record NftChain(String name, @Nullable Base base) {

    /** Where a base chain sits. {@code priority}: lower runs earlier. */
    public record Base(Type type, NftHook hook, int priority) {}

    /** Chain types that we use. */
    public enum Type {
        FILTER("filter"),
        NAT("nat");

        private final String text;

        Type(String text) {
            this.text = text;
        }

        /** As the kernel and {@code nft} write it. */
        @Override
        public String toString() {
            return text;
        }
    }

    public static NftChain regular(String name) {
        return new NftChain(name, null);
    }
}
