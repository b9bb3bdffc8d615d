package io.fairlead.kernel.nft;

import java.util.List;

/**
 * A rule of a chain.
 *
 * <p>Immutable.
 *
 * @param comment kept by the kernel, shown by {@code nft} and read back: at most 127 bytes
 */
public record NftRule(List<NftExpression> expressions, String comment) {

    /** The {@code nft} program allows no more (NFTNL_UDATA_COMMENT_MAXLEN, less the terminating zero). */
    public static final int COMMENT_BYTES_MAX = 127;

    public NftRule {
        expressions = List.copyOf(expressions);
    }
}
