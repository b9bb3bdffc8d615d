package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftExpression;
import io.fairlead.kernel.nft.NftRule;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftVerdict;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table of the fake: its owner, chains, sets, and who refers to whom.
 *
 * <p>Guarded by its {@link FakeNftKernel}.
 */
final class FakeNftTable {

    /** No socket has this number. */
    static final int NOBODY = 0;

    private final NftTable id;
    private final boolean persistent;
    private int owner;
    private final Map<String, FakeNftChain> chains = new HashMap<>();
    private final Map<String, FakeNftSet> sets = new HashMap<>();

    /** @param owner {@link #NOBODY} for an ordinary table; an owned one persists */
    FakeNftTable(NftTable id, int owner) {
        this.id = id;
        this.persistent = owner != NOBODY;
        this.owner = owner;
    }

    NftTable id() {
        return id;
    }

    int owner() {
        return owner;
    }

    void setOwner(int owner) {
        this.owner = owner;
    }

    /** Whether its owner is gone, so that the next one may take it. */
    boolean isOrphan() {
        return persistent && owner == NOBODY;
    }

    boolean isPersistent() {
        return persistent;
    }

    boolean isOwnedByOther(int socket) {
        return owner != NOBODY && owner != socket;
    }

    Map<String, FakeNftChain> chains() {
        return chains;
    }

    Map<String, FakeNftSet> sets() {
        return sets;
    }

    /** A chain that something refers to, so that it cannot be gone. */
    FakeNftChain referredChain(String name) {
        return existing(chains.get(name), name);
    }

    /** A set that a rule refers to, so that it cannot be gone. */
    FakeNftSet referredSet(String name) {
        return existing(sets.get(name), name);
    }

    private <T> T existing(@Nullable T object, String name) {
        if (object == null) {
            throw new IllegalStateException(id + " " + name + " is gone although something refers to it");
        }
        return object;
    }

    /** Counts ({@code 1}) or forgets ({@code -1}) the references of a rule. */
    void countReferences(NftRule rule, int sign) {
        for (NftExpression expression : rule.expressions()) {
            String set = setOf(expression);
            if (!set.isEmpty()) {
                referredSet(set).addUses(sign);
            }
            if (expression instanceof NftExpression.Verdict(NftVerdict verdict)) {
                countReference(verdict, sign);
            }
        }
    }

    /** Counts or forgets the reference of a verdict to a chain, if it has one. */
    void countReference(NftVerdict verdict, int sign) {
        String target = targetOf(verdict);
        if (!target.isEmpty()) {
            referredChain(target).addUses(sign);
        }
    }

    /** Adds an element and counts its reference. Returns whether it leads to a chain to which no other one leads. */
    boolean put(FakeNftSet set, NftData key, FakeNftElement element) {
        set.elements().put(key, element);
        if (element.verdict() == null) {
            return false;
        }
        countReference(element.verdict(), 1);
        String target = targetOf(element.verdict());
        return !target.isEmpty() && set.targets().merge(target, 1, Integer::sum) == 1;
    }

    /** Removes an element and forgets its reference. */
    void remove(FakeNftSet set, NftData key) {
        FakeNftElement element = set.elements().remove(key);
        if (element == null || element.verdict() == null) {
            return;
        }
        countReference(element.verdict(), -1);
        String target = targetOf(element.verdict());
        if (!target.isEmpty()) {
            set.targets().computeIfPresent(target, (chain, count) -> count == 1 ? null : count - 1);
        }
    }

    /** The set that an expression names, empty if none. */
    static String setOf(NftExpression expression) {
        return switch (expression) {
            case NftExpression.Lookup lookup -> lookup.set();
            case NftExpression.LookupData lookup -> lookup.map();
            case NftExpression.LookupVerdict lookup -> lookup.map();
            case NftExpression.UpdateRecord update -> update.map();
            case NftExpression.DeleteRecord delete -> delete.map();
            case NftExpression.Payload _,
                    NftExpression.Meta _,
                    NftExpression.MetaSet _,
                    NftExpression.Ct _,
                    NftExpression.Compare _,
                    NftExpression.Bitwise _,
                    NftExpression.Immediate _,
                    NftExpression.Verdict _,
                    NftExpression.RandomNumber _,
                    NftExpression.FibSourceType _,
                    NftExpression.Dnat _,
                    NftExpression.Masquerade _,
                    NftExpression.Reject _ -> "";
        };
    }

    /** The chain that a verdict leads to, empty if none. */
    static String targetOf(NftVerdict verdict) {
        return switch (verdict) {
            case NftVerdict.Jump(String chain) -> chain;
            case NftVerdict.Goto(String chain) -> chain;
            case NftVerdict.Accept _, NftVerdict.Drop _, NftVerdict.Return _ -> "";
        };
    }
}
