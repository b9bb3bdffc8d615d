package io.fairlead.kernel.nft;

import static io.fairlead.kernel.nft.NftLaw.ADDRESSES;
import static io.fairlead.kernel.nft.NftLaw.MARKS;
import static io.fairlead.kernel.nft.NftLaw.SOURCE;
import static io.fairlead.kernel.nft.NftLaw.TABLE;
import static io.fairlead.kernel.nft.NftLaw.VERDICTS;
import static io.fairlead.kernel.nft.NftLaw.base;
import static io.fairlead.kernel.nft.NftLaw.inTable;
import static io.fairlead.kernel.nft.NftLaw.refused;
import static io.fairlead.kernel.nft.NftLaw.rule;
import static io.fairlead.kernel.nft.NftLaw.transaction;
import static io.fairlead.kernel.nft.NftLaw.verdictElement;
import static io.fairlead.kernel.nft.NftLaw.verdictRule;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.nft.NftExpression.Bitwise;
import io.fairlead.kernel.nft.NftExpression.Compare;
import io.fairlead.kernel.nft.NftExpression.Dnat;
import io.fairlead.kernel.nft.NftExpression.Immediate;
import io.fairlead.kernel.nft.NftExpression.Lookup;
import io.fairlead.kernel.nft.NftExpression.LookupData;
import io.fairlead.kernel.nft.NftExpression.LookupVerdict;
import io.fairlead.kernel.nft.NftExpression.Masquerade;
import io.fairlead.kernel.nft.NftExpression.Meta;
import io.fairlead.kernel.nft.NftExpression.MetaKey;
import io.fairlead.kernel.nft.NftExpression.MetaSet;
import io.fairlead.kernel.nft.NftExpression.RandomNumber;
import io.fairlead.kernel.nft.NftExpression.Reject;
import io.fairlead.kernel.nft.NftExpression.UpdateRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Laws of rules: their expressions, where they may stand, and the paths through chains.
 *
 * <p>Immutable.
 */
final class NftRuleLaws {

    private static final int EMLINK = 31;
    private static final int EOVERFLOW = 75;

    /** NFT_JUMP_STACK_SIZE less the base chain. */
    private static final int REGULAR_CHAINS_ON_PATH_MAX = 15;

    private static final NftRule DNAT = rule(
            new Immediate(0, NftData.of(NftLaw.address(1))),
            new Immediate(1, NftData.networkShort(80)),
            new Dnat(NftFamily.IP, 0, 1));
    private static final NftRule MASQUERADE = rule(new Masquerade());
    private static final NftRule REJECT = rule(new Reject());

    private NftRuleLaws() {}

    static List<NftLaw> all() {
        return List.of(
                inTable("refusesVerdictToWrongChain", NftRuleLaws::refusesVerdictToWrongChain),
                inTable("refusesLoopOfRules", NftRuleLaws::refusesLoopOfRules),
                inTable("refusesLoopThroughVerdictMap", NftRuleLaws::refusesLoopThroughVerdictMap),
                inTable("refusesPathOfSixteenJumps", nft -> refusesLongPath(nft, NftVerdict.Jump::new)),
                inTable("refusesPathOfSixteenGotos", nft -> refusesLongPath(nft, NftVerdict.Goto::new)),
                inTable("refusesNatInWrongBaseChain", NftRuleLaws::refusesNatInWrongBaseChain),
                inTable("refusesNatInWrongPlaceThroughJump", NftRuleLaws::refusesNatInWrongPlaceThroughJump),
                inTable("refusesNatInWrongPlaceThroughMap", NftRuleLaws::refusesNatInWrongPlaceThroughMap),
                inTable("refusesRejectAtPostrouting", NftRuleLaws::refusesRejectAtPostrouting),
                inTable("refusesRegistersOutOfRange", NftRuleLaws::refusesRegistersOutOfRange),
                inTable("refusesLookupsInWrongSet", NftRuleLaws::refusesLookupsInWrongSet),
                inTable("refusesRecordsInOrdinaryMap", NftRuleLaws::refusesRecordsInOrdinaryMap),
                inTable("refusesUnlawfulConstants", NftRuleLaws::refusesUnlawfulConstants),
                inTable("replacesRulesAsAWhole", NftRuleLaws::replacesRulesAsAWhole));
    }

    private static void refusesVerdictToWrongChain(Nft nft) {
        nft.apply(transaction()
                .addChain(NftChain.regular("chain"))
                .addChain(base("base", NftChain.Type.FILTER, NftHook.INPUT, 0)));
        refusedRule(nft, "chain", verdictRule(new NftVerdict.Jump("none")), Errno.ENOENT);
        refusedRule(nft, "chain", verdictRule(new NftVerdict.Goto("base")), Errno.EOPNOTSUPP);
    }

    private static void refusesLoopOfRules(Nft nft) {
        nft.apply(transaction()
                .addChain(base("base", NftChain.Type.FILTER, NftHook.INPUT, 0))
                .addChain(NftChain.regular("a"))
                .addChain(NftChain.regular("b"))
                .replaceRules("base", List.of(verdictRule(new NftVerdict.Jump("a"))))
                .replaceRules("a", List.of(verdictRule(new NftVerdict.Goto("b")))));
        refusedRule(nft, "b", verdictRule(new NftVerdict.Jump("a")), Errno.ELOOP, EMLINK);
        refusedRule(nft, "b", verdictRule(new NftVerdict.Jump("b")), Errno.ELOOP, EMLINK);
    }

    private static void refusesLoopThroughVerdictMap(Nft nft) {
        nft.apply(transaction()
                .addSet(VERDICTS)
                .addChain(base("base", NftChain.Type.FILTER, NftHook.INPUT, 0))
                .addChain(NftChain.regular("a"))
                .replaceRules("base", List.of(verdictRule(new NftVerdict.Jump("a"))))
                .replaceRules("a", List.of(rule(SOURCE, new LookupVerdict("verdicts", 0)))));
        refused(nft, verdictElement(1, new NftVerdict.Goto("a")), Errno.ELOOP, EMLINK);
        assertEquals(0, NftLaw.elementCount(nft, VERDICTS));
    }

    private static void refusesLongPath(Nft nft, Function<String, NftVerdict> kind) {
        NftTransaction longest = transaction()
                .addChain(base("base", NftChain.Type.FILTER, NftHook.INPUT, 0))
                .addChain(NftChain.regular("c1"))
                .replaceRules("base", List.of(verdictRule(kind.apply("c1"))));
        for (int i = 2; i <= REGULAR_CHAINS_ON_PATH_MAX; i++) {
            longest.addChain(NftChain.regular("c" + i))
                    .replaceRules("c" + (i - 1), List.of(verdictRule(kind.apply("c" + i))));
        }
        nft.apply(longest);
        nft.apply(transaction().addChain(NftChain.regular("last")));
        refusedRule(nft, "c" + REGULAR_CHAINS_ON_PATH_MAX, verdictRule(kind.apply("last")), EMLINK);
    }

    private static void refusesNatInWrongBaseChain(Nft nft) {
        nft.apply(transaction()
                .addChain(base("filter", NftChain.Type.FILTER, NftHook.PREROUTING, 0))
                .addChain(base("pre", NftChain.Type.NAT, NftHook.PREROUTING, -100))
                .addChain(base("out", NftChain.Type.NAT, NftHook.OUTPUT, -100))
                .addChain(base("in", NftChain.Type.NAT, NftHook.INPUT, 100))
                .addChain(base("post", NftChain.Type.NAT, NftHook.POSTROUTING, 100)));
        for (String chain : List.of("filter", "in", "post")) {
            refusedRule(nft, chain, DNAT, Errno.EOPNOTSUPP);
        }
        for (String chain : List.of("filter", "in", "pre", "out")) {
            refusedRule(nft, chain, MASQUERADE, Errno.EOPNOTSUPP);
        }
        nft.apply(transaction()
                .replaceRules("pre", List.of(DNAT))
                .replaceRules("out", List.of(DNAT))
                .replaceRules("post", List.of(MASQUERADE)));
    }

    private static void refusesNatInWrongPlaceThroughJump(Nft nft) {
        nft.apply(transaction()
                .addChain(base("filter", NftChain.Type.FILTER, NftHook.PREROUTING, 0))
                .addChain(base("pre", NftChain.Type.NAT, NftHook.PREROUTING, -100))
                .addChain(NftChain.regular("between"))
                .addChain(NftChain.regular("dnat"))
                .replaceRules("between", List.of(verdictRule(new NftVerdict.Goto("dnat"))))
                .replaceRules("dnat", List.of(DNAT))
                .replaceRules("pre", List.of(verdictRule(new NftVerdict.Jump("between")))));
        refusedRule(nft, "filter", verdictRule(new NftVerdict.Jump("between")), Errno.EOPNOTSUPP);
        refusedRule(nft, "dnat", MASQUERADE, Errno.EOPNOTSUPP);
    }

    private static void refusesNatInWrongPlaceThroughMap(Nft nft) {
        nft.apply(transaction()
                .addSet(VERDICTS)
                .addChain(base("filter", NftChain.Type.FILTER, NftHook.PREROUTING, 0))
                .addChain(NftChain.regular("dnat"))
                .replaceRules("dnat", List.of(DNAT))
                .replaceRules("filter", List.of(rule(SOURCE, new LookupVerdict("verdicts", 0)))));
        refused(nft, verdictElement(1, new NftVerdict.Goto("dnat")), Errno.EOPNOTSUPP);
        assertEquals(0, NftLaw.elementCount(nft, VERDICTS));
        nft.apply(transaction().replaceRules("filter", List.of()));
        nft.apply(verdictElement(1, new NftVerdict.Goto("dnat")));
        refusedRule(nft, "filter", rule(SOURCE, new LookupVerdict("verdicts", 0)), Errno.EOPNOTSUPP);
    }

    private static void refusesRejectAtPostrouting(Nft nft) {
        NftTransaction everywhere = transaction();
        for (NftHook hook : NftHook.values()) {
            everywhere.addChain(base(hook.toString(), NftChain.Type.FILTER, hook, 0));
            if (hook != NftHook.POSTROUTING) {
                everywhere.replaceRules(hook.toString(), List.of(REJECT));
            }
        }
        everywhere
                .addChain(base("nat", NftChain.Type.NAT, NftHook.PREROUTING, -100))
                .replaceRules("nat", List.of(REJECT));
        nft.apply(everywhere);
        refusedRule(nft, "postrouting", REJECT, Errno.EOPNOTSUPP);
    }

    private static void refusesRegistersOutOfRange(Nft nft) {
        nft.apply(transaction().addChain(NftChain.regular("chain")));
        refusedRule(nft, "chain", rule(new Meta(MetaKey.MARK, 16)), Errno.ERANGE);
        refusedRule(nft, "chain", rule(new Meta(MetaKey.IIFNAME, 13)), Errno.ERANGE);
        nft.apply(transaction().replaceRules("chain", List.of(rule(new Meta(MetaKey.IIFNAME, 12)))));
    }

    private static void refusesLookupsInWrongSet(Nft nft) {
        nft.apply(transaction()
                .addChain(NftChain.regular("chain"))
                .addSet(ADDRESSES)
                .addSet(MARKS)
                .addSet(VERDICTS));
        refusedRule(nft, "chain", rule(SOURCE, new Lookup("none", 0, false)), Errno.ENOENT);
        refusedRule(nft, "chain", rule(SOURCE, new LookupData("addresses", 0, 1)), Errno.EINVAL);
        refusedRule(nft, "chain", rule(SOURCE, new LookupData("verdicts", 0, 1)), Errno.EINVAL);
        refusedRule(nft, "chain", rule(SOURCE, new LookupVerdict("marks", 0)), Errno.EINVAL);
        refusedRule(nft, "chain", rule(SOURCE, new LookupVerdict("addresses", 0)), Errno.EINVAL);
    }

    private static void refusesRecordsInOrdinaryMap(Nft nft) {
        NftSet records = NftSet.records("records", 10, List.of(NftType.IPV4_ADDR), NftType.MARK);
        nft.apply(
                transaction().addChain(NftChain.regular("chain")).addSet(MARKS).addSet(records));
        NftExpression mark = new Meta(MetaKey.MARK, 1);
        refusedRule(nft, "chain", rule(SOURCE, mark, new UpdateRecord("marks", 0, 1, 1000)), Errno.EOPNOTSUPP);
        nft.apply(transaction()
                .replaceRules("chain", List.of(rule(SOURCE, mark, new UpdateRecord("records", 0, 1, 1000)))));
    }

    private static void refusesUnlawfulConstants(Nft nft) {
        nft.apply(transaction().addChain(NftChain.regular("chain")));
        refusedRule(nft, "chain", rule(new RandomNumber(0, 0)), Errno.ERANGE);
        refusedRule(nft, "chain", rule(new Immediate(0, NftData.of(new byte[17]))), EOVERFLOW, Errno.EINVAL);
        NftData four = NftData.of(new byte[4]);
        NftData two = NftData.of(new byte[2]);
        refusedRule(nft, "chain", rule(SOURCE, new Bitwise(0, 0, four, two)), Errno.EINVAL);
        NftExpression dnat6 = new Dnat(NftFamily.IP6, 0, 4);
        NftExpression sixteen = new Immediate(0, NftData.of(new byte[16]));
        refusedRule(nft, "chain", rule(sixteen, new Immediate(4, two), dnat6), Errno.EOPNOTSUPP);
        refusedRule(
                nft, "chain", rule(new Meta(MetaKey.L4PROTO, 0), new MetaSet(MetaKey.L4PROTO, 0)), Errno.EOPNOTSUPP);
        nft.apply(transaction().replaceRules("chain", List.of(rule(SOURCE, new Compare(0, false, four)))));
    }

    private static void replacesRulesAsAWhole(Nft nft) {
        nft.apply(transaction()
                .addChain(NftChain.regular("chain"))
                .replaceRules("chain", List.of(commented("one"), commented("two"))));
        nft.apply(transaction().replaceRules("chain", List.of(commented("three"))));
        assertEquals(List.of("three"), comments(nft));
        refused(
                nft,
                transaction()
                        .replaceRules("chain", List.of(commented("four"), verdictRule(new NftVerdict.Jump("none")))),
                Errno.ENOENT);
        assertEquals(List.of("three"), comments(nft));
        nft.apply(transaction().replaceRules("chain", List.of()));
        assertEquals(List.of(), comments(nft));
    }

    private static NftRule commented(String comment) {
        return new NftRule(List.of(SOURCE), comment);
    }

    private static List<String> comments(Nft nft) {
        return new ArrayList<>(nft.read(TABLE).ruleComments().getOrDefault("chain", List.of()));
    }

    private static void refusedRule(Nft nft, String chain, NftRule rule, int... errnos) {
        refused(nft, transaction().replaceRules(chain, List.of(rule)), errnos);
    }
}
