package io.fairlead.kernel.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.netns.Tool;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The driver against this kernel, each case in a namespace of its own. */
class NetlinkNftTest {

    private final NetNs namespace = NetNs.anonymous();
    private final Nft nft = namespace.run(NetlinkNft::open);

    @AfterEach
    void leave() {
        nft.close();
        namespace.close();
    }

    private String ruleset() {
        return namespace.run(() -> Tool.run("nft", "list", "ruleset"));
    }

    @ParameterizedTest
    @EnumSource
    void kernelTakesEveryExpressionAndGivesItBack(NftFamily family) {
        EveryRule every = new EveryRule(family, "fairlead");

        nft.apply(every.create(true));
        NftTableState state = nft.read(every.table);

        assertFalse(state.ownedByOther());
        assertEquals(byName(every.chains), state.chains());
        assertEquals(every.sets.stream().collect(Collectors.toMap(NftSet::name, set -> set)), state.sets());
        assertEquals(
                every.rules().stream()
                        .collect(Collectors.toMap(
                                NftOperation.ReplaceRules::chain,
                                replace -> replace.rules().stream()
                                        .map(NftRule::comment)
                                        .toList())),
                state.ruleComments());
    }

    private static Map<String, NftChain> byName(List<NftChain> chains) {
        return chains.stream().collect(Collectors.toMap(NftChain::name, chain -> chain));
    }
}
