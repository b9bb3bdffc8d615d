package io.fairlead.agent.neighbour;

import static io.fairlead.kernel.nft.NftForeignRule.ACCEPTS_ALL;
import static io.fairlead.kernel.nft.NftForeignRule.ACCEPTS_TRANSLATED;
import static io.fairlead.kernel.nft.NftForeignRule.DROPS_ALL;
import static io.fairlead.kernel.nft.NftForeignRule.DROPS_SOME;
import static io.fairlead.kernel.nft.NftForeignRule.MAY_ACCEPT;
import static io.fairlead.kernel.nft.NftForeignRule.PASSES_ON;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.kernel.iptables.ForwardVerdict;
import io.fairlead.kernel.nft.NftForeignRule;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a chain does with forwarded packets of Services. Confined to the test thread. */
class ForwardFirewallTest {

    private static ForwardVerdict drop(NftForeignRule... rules) {
        return ForwardFirewall.judge(true, List.of(rules));
    }

    private static ForwardVerdict accept(NftForeignRule... rules) {
        return ForwardFirewall.judge(false, List.of(rules));
    }

    @Test
    void policyDecidesWhatNoRuleDoes() {
        assertEquals(ForwardVerdict.DROPS, drop());
        assertEquals(ForwardVerdict.DROPS, drop(PASSES_ON, DROPS_SOME));
        assertEquals(ForwardVerdict.MAY_DROP, drop(MAY_ACCEPT));
        assertEquals(ForwardVerdict.ACCEPTS, accept(DROPS_SOME, MAY_ACCEPT));
    }

    @Test
    void firstRuleForAllDecides() {
        assertEquals(ForwardVerdict.ACCEPTS, drop(MAY_ACCEPT, ACCEPTS_TRANSLATED, DROPS_ALL));
        assertEquals(ForwardVerdict.ACCEPTS, drop(ACCEPTS_ALL, DROPS_ALL));
        assertEquals(ForwardVerdict.DROPS, accept(DROPS_ALL, ACCEPTS_TRANSLATED));
        assertEquals(ForwardVerdict.MAY_DROP, accept(MAY_ACCEPT, DROPS_ALL));
    }

    @Test
    void chainThatWasNotReadToItsEndIsNotCertain() {
        assertEquals(ForwardVerdict.MAY_DROP, ForwardFirewall.judge(true, Collections.nCopies(4096, DROPS_SOME)));
    }
}
