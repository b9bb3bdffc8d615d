package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftExpression;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftHook;
import io.fairlead.kernel.nft.NftRule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The base chains of all tables of one family in the order in which the kernel calls them.
 *
 * <p>Chains of one hook run by priority; of two with the same priority the newer one runs first. Nat chains do not run
 * at their own priority: the kernel calls all of them, in their order, from one place of its own
 * (net/netfilter/nf_nat_core.c), and only where conntrack is in use.
 *
 * <p>Guarded by its {@link FakeNftKernel}; good until that changes.
 */
final class NftTracerHooks {

    /** NF_IP_PRI_NAT_DST: nat at prerouting and output. */
    private static final int NAT_DESTINATION = -100;

    /** NF_IP_PRI_NAT_SRC: nat at input and postrouting. */
    private static final int NAT_SOURCE = 100;

    private final Map<NftHook, List<Stop>> stops = new EnumMap<>(NftHook.class);

    NftTracerHooks(FakeNftKernel kernel, boolean ipv6) {
        NftFamily family = ipv6 ? NftFamily.IP6 : NftFamily.IP;
        List<BaseChain> chains = new ArrayList<>();
        boolean tracking = false;
        for (FakeNftTable table : kernel.tables().values()) {
            if (table.id().family() != family) {
                continue;
            }
            for (FakeNftChain chain : table.chains().values()) {
                tracking |= usesConntrack(chain);
                NftChain.Base base = chain.declaration().base();
                if (base != null) {
                    chains.add(new BaseChain(table, chain, base));
                }
            }
        }
        chains.sort(Comparator.<BaseChain>comparingInt(chain -> chain.base().priority())
                .thenComparing(chain -> chain.chain().sequence(), Comparator.reverseOrder()));
        for (NftHook hook : NftHook.values()) {
            stops.put(hook, stops(hook, chains, tracking));
        }
    }

    /** A base chain with its table. */
    record BaseChain(FakeNftTable table, FakeNftChain chain, NftChain.Base base) {}

    /** One call of the kernel at a hook: a filter chain, or all nat chains. */
    record Stop(int priority, long sequence, boolean nat, List<BaseChain> chains) {}

    List<Stop> at(NftHook hook) {
        return stops.getOrDefault(hook, List.of());
    }

    private static List<Stop> stops(NftHook hook, List<BaseChain> chains, boolean tracking) {
        List<Stop> stops = new ArrayList<>();
        List<BaseChain> nat = new ArrayList<>();
        for (BaseChain chain : chains) {
            if (chain.base().hook() != hook) {
                continue;
            }
            if (chain.base().type() == NftChain.Type.NAT) {
                nat.add(chain);
            } else {
                stops.add(new Stop(chain.base().priority(), chain.chain().sequence(), false, List.of(chain)));
            }
        }
        if (tracking && hook != NftHook.FORWARD && hasNat(chains)) {
            boolean destination = hook == NftHook.PREROUTING || hook == NftHook.OUTPUT;
            stops.add(new Stop(destination ? NAT_DESTINATION : NAT_SOURCE, firstNat(chains), true, nat));
        }
        stops.sort(Comparator.comparingInt(Stop::priority).thenComparing(Stop::sequence, Comparator.reverseOrder()));
        return stops;
    }

    private static boolean hasNat(List<BaseChain> chains) {
        return firstNat(chains) != Long.MAX_VALUE;
    }

    /** The kernel registers its own place for nat with the first nat chain. */
    private static long firstNat(List<BaseChain> chains) {
        long first = Long.MAX_VALUE;
        for (BaseChain chain : chains) {
            if (chain.base().type() == NftChain.Type.NAT) {
                first = Math.min(first, chain.chain().sequence());
            }
        }
        return first;
    }

    /** Expressions that register conntrack when their rule is added (nf_ct_netns_get). */
    private static boolean usesConntrack(FakeNftChain chain) {
        for (NftRule rule : chain.rules()) {
            for (NftExpression expression : rule.expressions()) {
                if (expression instanceof NftExpression.Ct
                        || expression instanceof NftExpression.Dnat
                        || expression instanceof NftExpression.Masquerade) {
                    return true;
                }
            }
        }
        return false;
    }
}
