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

    public NftRule {
        expressions = List.copyOf(expressions);
    }
}
