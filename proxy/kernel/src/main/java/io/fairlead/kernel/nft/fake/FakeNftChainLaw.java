package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftExpression;
import io.fairlead.kernel.nft.NftHook;
import io.fairlead.kernel.nft.NftRule;
import io.fairlead.kernel.nft.NftVerdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel checks of all paths that start at base chains (nft_table_validate): no loop, not too deep, and each
 * expression that cares only under base chains of the right type and hook.
 *
 * <p>Follows each verdict map to its distinct chains, not to its elements. Confined to the thread that applies the
 * transaction.
 */
final class FakeNftChainLaw {

    /** NFT_JUMP_STACK_SIZE: chains on a path, the base chain included; a goto counts like a jump. */
    private static final int PATH_MAX = 16;

    private final FakeNftTable table;
    private final List<String> path = new ArrayList<>();

    /** The longest path on which a chain was found lawful, under the base chain at hand. */
    private final Map<String, Integer> lawful = new HashMap<>();

    FakeNftChainLaw(FakeNftTable table) {
        this.table = table;
    }

    /** Why the kernel refuses. */
    record Violation(int errno, String reason) {}

    /** The first violation, if there is one. */
    @Nullable
    Violation violation() {
        for (FakeNftChain chain : table.chains().values()) {
            NftChain.Base base = chain.declaration().base();
            if (base == null) {
                continue;
            }
            lawful.clear();
            Violation violation = visit(base, chain);
            if (violation != null) {
                return violation;
            }
        }
        return null;
    }

    private @Nullable Violation visit(NftChain.Base base, FakeNftChain chain) {
        if (path.contains(chain.name())) {
            return new Violation(Errno.ELOOP, String.join(" -> ", path) + " -> " + chain.name());
        }
        if (path.size() == PATH_MAX) {
            return new Violation(Errno.EMLINK, String.join(" -> ", path) + " -> " + chain.name());
        }
        if (lawful.getOrDefault(chain.name(), -1) >= path.size()) {
            return null;
        }
        path.add(chain.name());
        for (NftRule rule : chain.rules()) {
            for (NftExpression expression : rule.expressions()) {
                Violation violation = visit(base, expression);
                if (violation != null) {
                    return violation;
                }
            }
        }
        path.removeLast();
        lawful.put(chain.name(), path.size());
        return null;
    }

    private @Nullable Violation visit(NftChain.Base base, NftExpression expression) {
        return switch (expression) {
            case NftExpression.Dnat _ ->
                base.type() == NftChain.Type.NAT && (base.hook() == NftHook.PREROUTING || base.hook() == NftHook.OUTPUT)
                        ? null
                        : misplaced("dnat", base);
            case NftExpression.Masquerade _ ->
                base.type() == NftChain.Type.NAT && base.hook() == NftHook.POSTROUTING
                        ? null
                        : misplaced("masquerade", base);
            case NftExpression.Reject _ -> base.hook() == NftHook.POSTROUTING ? misplaced("reject", base) : null;
            case NftExpression.Verdict(NftVerdict verdict) -> {
                String target = FakeNftTable.targetOf(verdict);
                yield target.isEmpty() ? null : visit(base, table.referredChain(target));
            }
            case NftExpression.LookupVerdict lookup -> visitAll(base, table.referredSet(lookup.map()));
            case NftExpression.Payload _,
                    NftExpression.Meta _,
                    NftExpression.MetaSet _,
                    NftExpression.Ct _,
                    NftExpression.Compare _,
                    NftExpression.Bitwise _,
                    NftExpression.Lookup _,
                    NftExpression.LookupData _,
                    NftExpression.Immediate _,
                    NftExpression.RandomNumber _,
                    NftExpression.FibSourceType _,
                    NftExpression.UpdateRecord _,
                    NftExpression.DeleteRecord _ -> null;
        };
    }

    private @Nullable Violation visitAll(NftChain.Base base, FakeNftSet map) {
        for (String target : map.targets().keySet()) {
            Violation violation = visit(base, table.referredChain(target));
            if (violation != null) {
                return violation;
            }
        }
        return null;
    }

    private Violation misplaced(String expression, NftChain.Base base) {
        return new Violation(
                Errno.EOPNOTSUPP,
                expression + " in a " + base.type() + " chain at " + base.hook() + ": " + String.join(" -> ", path));
    }
}
