package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftRule;
import java.util.List;

/**
 * A chain of the fake with its rules.
 *
 * <p>Guarded by its {@link FakeNftKernel}.
 */
final class FakeNftChain {

    private final NftChain declaration;
    private final long sequence;
    private List<NftRule> rules = List.of();
    private int uses;

    /** @param sequence grows from chain to chain: of two at one hook and priority the newer runs first */
    FakeNftChain(NftChain declaration, long sequence) {
        this.declaration = declaration;
        this.sequence = sequence;
    }

    NftChain declaration() {
        return declaration;
    }

    String name() {
        return declaration.name();
    }

    long sequence() {
        return sequence;
    }

    List<NftRule> rules() {
        return rules;
    }

    void setRules(List<NftRule> rules) {
        this.rules = rules;
    }

    /** Whether a rule or an element leads here. */
    boolean isUsed() {
        return uses > 0;
    }

    void addUses(int count) {
        uses += count;
    }
}
