package io.fairlead.kernel.nft;

/**
 * Family and name of a table.
 *
 * <p>Immutable.
 */
public record NftTable(NftFamily family, String name) {

    @Override
    public String toString() {
        return family + " " + name;
    }
}
