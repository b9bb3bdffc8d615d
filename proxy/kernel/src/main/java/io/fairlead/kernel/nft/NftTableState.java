package io.fairlead.kernel.nft;

import java.util.List;
import java.util.Map;

/**
 * What the kernel says about a table, without the elements of its sets.
 *
 * <p>Immutable.
 *
 * @param exists whether there is such a table; everything else is empty if not
 * @param ownedByOther whether a living socket other than the reader's owns it
 * @param chains by name
 * @param ruleComments comments of the rules of each chain that has rules, in their order
 * @param sets by name
 */
public record NftTableState(
        boolean exists,
        boolean ownedByOther,
        Map<String, NftChain> chains,
        Map<String, List<String>> ruleComments,
        Map<String, NftSet> sets) {

    public static final NftTableState ABSENT = new NftTableState(false, false, Map.of(), Map.of(), Map.of());

    public NftTableState {
        chains = Map.copyOf(chains);
        ruleComments = Map.copyOf(ruleComments);
        sets = Map.copyOf(sets);
    }
}
