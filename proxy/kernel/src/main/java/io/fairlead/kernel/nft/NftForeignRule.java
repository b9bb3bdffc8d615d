package io.fairlead.kernel.nft;

/**
 * What a rule of somebody else does with a packet, as far as that can be told from outside.
 *
 * <p>Immutable.
 */
public enum NftForeignRule {
    /** Only counts, logs or marks. */
    PASSES_ON,
    /** Accepts everything. */
    ACCEPTS_ALL,
    /** Accepts every packet of a connection whose destination was translated, as those of all Services are. */
    ACCEPTS_TRANSLATED,
    /** Drops or rejects everything. */
    DROPS_ALL,
    /** Drops or rejects some packets. */
    DROPS_SOME,
    /** Whatever else: it may accept packets, or leave that to other chains. */
    MAY_ACCEPT
}
