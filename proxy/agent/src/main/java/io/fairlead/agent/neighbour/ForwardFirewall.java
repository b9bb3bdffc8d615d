package io.fairlead.agent.neighbour;

import io.fairlead.kernel.iptables.ForwardVerdict;
import io.fairlead.kernel.iptables.LegacyTable;
import io.fairlead.kernel.nft.NftForeignChain;
import io.fairlead.kernel.nft.NftForeignRule;
import io.fairlead.kernel.nft.NftHook;
import io.fairlead.kernel.nft.NftRuleset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A chain of somebody else that drops packets which this node forwards, those of Services among them: nftables accepts
 * on nobody's behalf, so an accept of ours would not help.
 *
 * <p>Immutable.
 *
 * @param chain as the tool that shows it takes it
 * @param certain false if some of its rules accept packets, and whether those of Services cannot be told
 * @param remedy the command that adds a rule which accepts them
 */
public record ForwardFirewall(String chain, boolean certain, String remedy) {

    /** Chains of ours, and of kube-proxy: they drop nothing that belongs to a Service. */
    private static final Set<String> HARMLESS_TABLES = Set.of("fairlead", KubeProxyNames.TABLE);

    private static final int ADVICE_MAX = 8;

    /** Those of the calling thread's network namespace; at most a few, since they are for people to read. */
    static List<ForwardFirewall> find(NftRuleset nft) {
        List<ForwardFirewall> found = new ArrayList<>();
        for (NftForeignChain chain : nft.hooked(NftHook.FORWARD)) {
            if (!HARMLESS_TABLES.contains(chain.table())) {
                switch (judge(chain.dropsByPolicy(), nft.rules(chain))) {
                    case ACCEPTS -> {}
                    case MAY_DROP -> found.add(of(chain, false));
                    case DROPS -> found.add(of(chain, true));
                }
            }
        }
        for (LegacyTable.Family family : LegacyTable.Family.values()) {
            ForwardVerdict forward =
                    LegacyTable.read(family, "filter").map(LegacyTable::forward).orElse(ForwardVerdict.ACCEPTS);
            if (forward != ForwardVerdict.ACCEPTS) {
                found.add(ofIptables(
                        family == LegacyTable.Family.IPV4 ? "iptables-legacy" : "ip6tables-legacy",
                        forward == ForwardVerdict.DROPS));
            }
        }
        return List.copyOf(found.subList(0, Math.min(found.size(), ADVICE_MAX)));
    }

    /** What becomes of forwarded packets of Services in a chain with these rules. */
    static ForwardVerdict judge(boolean dropsByPolicy, List<NftForeignRule> rules) {
        boolean mayAccept = false;
        for (NftForeignRule rule : rules) {
            switch (rule) {
                case PASSES_ON, DROPS_SOME -> {}
                case MAY_ACCEPT -> mayAccept = true;
                case ACCEPTS_ALL, ACCEPTS_TRANSLATED -> {
                    return ForwardVerdict.ACCEPTS;
                }
                case DROPS_ALL -> {
                    return mayAccept ? ForwardVerdict.MAY_DROP : ForwardVerdict.DROPS;
                }
            }
        }
        if (!dropsByPolicy) {
            return ForwardVerdict.ACCEPTS;
        }
        return mayAccept || rules.size() >= NftRuleset.RULES_MAX ? ForwardVerdict.MAY_DROP : ForwardVerdict.DROPS;
    }

    private static ForwardFirewall of(NftForeignChain chain, boolean certain) {
        // The iptables tools cannot show a table any more into which somebody has put a rule of another kind.
        return switch (chain.toString()) {
            case "ip filter FORWARD" -> ofIptables("iptables-nft", certain);
            case "ip6 filter FORWARD" -> ofIptables("ip6tables-nft", certain);
            default ->
                new ForwardFirewall(
                        "nftables chain " + chain, certain, "nft insert rule " + chain + " ct status dnat accept");
        };
    }

    private static ForwardFirewall ofIptables(String tool, boolean certain) {
        return new ForwardFirewall(
                "chain FORWARD of " + tool, certain, tool + " -I FORWARD -m conntrack --ctstate DNAT -j ACCEPT");
    }

    @Override
    public String toString() {
        return chain + (certain ? " drops" : " may drop") + " what this node forwards for Services; '" + remedy
                + "' lets it pass";
    }
}
