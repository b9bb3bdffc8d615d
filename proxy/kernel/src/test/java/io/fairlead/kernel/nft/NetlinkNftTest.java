package io.fairlead.kernel.nft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.netns.Tool;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The driver against this kernel, each case in a namespace of its own. */
class NetlinkNftTest {

    private static final NftTable TABLE = new NftTable(NftFamily.IP, "fairlead");
    private static final NftSet PORTS = NftSet.map("ports", List.of(NftType.IPV4_ADDR), NftType.INET_SERVICE);

    private final NetNs namespace = NetNs.anonymous();
    private final Nft nft = open();
    private final NftVerdicts verdicts = new NftVerdicts();

    private Nft open() {
        return namespace.run(NetlinkNft::open);
    }

    @AfterEach
    void leave() {
        nft.close();
        namespace.close();
    }

    static List<NftLaw> laws() {
        return NftLaw.all();
    }

    @ParameterizedTest
    @MethodSource("laws")
    void kernelObeysTheLawOfTheFake(NftLaw law) {
        law.check().accept(this::open);

        assertEquals("", namespace.run(() -> Tool.run("nft", "list", "ruleset")));
    }

    @ParameterizedTest
    @EnumSource
    void kernelTakesEveryExpressionAndGivesItBack(NftFamily family) {
        EveryRule every = new EveryRule(family, "fairlead");

        nft.apply(every.create(true));
        NftTableState state = nft.read(every.table);

        assertFalse(state.ownedByOther());
        assertEquals(every.chains.stream().collect(Collectors.toMap(NftChain::name, chain -> chain)), state.chains());
        assertEquals(every.sets.stream().collect(Collectors.toMap(NftSet::name, set -> set)), state.sets());
        assertEquals(comments(every), state.ruleComments());
    }

    @ParameterizedTest
    @EnumSource
    void applyingTheSameAgainChangesNothing(NftFamily family) {
        EveryRule every = new EveryRule(family, "fairlead");
        nft.apply(every.create(true));
        NftTableState before = nft.read(every.table);

        nft.apply(every.create(true));

        assertEquals(before, nft.read(every.table));
    }

    private static Map<String, List<String>> comments(EveryRule every) {
        return every.rules().stream()
                .collect(Collectors.toMap(
                        NftOperation.ReplaceRules::chain,
                        replace ->
                                replace.rules().stream().map(NftRule::comment).toList()));
    }

    @ParameterizedTest
    @EnumSource
    void elementsOfEveryKindOfSetComeBack(NftFamily family) {
        EveryRule every = new EveryRule(family, "fairlead");
        NftTransaction transaction = every.create(false);
        Map<String, Map<String, String>> expected = new TreeMap<>();
        List<NftVerdict> targets = List.of(
                new NftVerdict.Accept(),
                new NftVerdict.Drop(),
                new NftVerdict.Return(),
                new NftVerdict.Jump("slots"),
                new NftVerdict.Goto("endpoints-5"));
        for (NftSet set : every.sets) {
            Map<String, String> elements = expected.computeIfAbsent(set.name(), ignored -> new TreeMap<>());
            for (int i = 0; i < targets.size(); i++) {
                byte[] key = new byte[set.keyLength()];
                key[0] = (byte) (i + 1);
                byte[] value = new byte[set.valueLength()];
                if (set.verdicts()) {
                    ByteBuffer.wrap(value).putInt(every.verdicts.number(targets.get(i)));
                } else if (value.length > 0) {
                    value[0] = (byte) (i + 7);
                }
                transaction.addElement(set, key, value);
                elements.put(NftData.of(key).toString(), NftData.of(value).toString());
            }
        }

        nft.apply(transaction);

        Map<String, Map<String, String>> read = new TreeMap<>();
        for (NftSet set : every.sets) {
            read.put(set.name(), elements(every.table, set, every.verdicts));
        }
        assertEquals(expected, read);
    }

    private Map<String, String> elements(NftTable table, NftSet set, NftVerdicts numbers) {
        Map<String, String> elements = new TreeMap<>();
        nft.readElements(
                table,
                set,
                numbers,
                (key, value) -> elements.put(
                        NftData.of(key).toString(), NftData.of(value).toString()));
        return elements;
    }

    @Test
    void namesTheElementThatTheKernelRefuses() {
        NftTransaction transaction =
                new NftTransaction(TABLE, verdicts).addTable(false).addSet(PORTS);
        for (int i = 0; i < 10_000; i++) {
            transaction.addElement(PORTS, address(i), port(80));
        }
        transaction.addElement(PORTS, address(7_777), port(81)).addElement(PORTS, address(10_000), port(80));

        KernelException refusal = assertThrows(KernelException.class, () -> nft.apply(transaction));

        assertEquals("add element", refusal.operation());
        assertEquals("ip fairlead ports", refusal.target());
        assertEquals(Errno.EEXIST, refusal.errno());
        assertTrue(refusal.toString().contains("key 0x0a001e61"), refusal.toString());
        assertFalse(nft.read(TABLE).exists());
    }

    @Test
    void namesTheRuleThatTheKernelRefuses() {
        NftTransaction transaction = new NftTransaction(TABLE, verdicts)
                .addTable(false)
                .addChain(NftChain.regular("chain"))
                .replaceRules(
                        "chain",
                        List.of(
                                EveryRule.rule("good", new NftExpression.Verdict(new NftVerdict.Accept())),
                                EveryRule.rule("bad", new NftExpression.Lookup("missing", 0, false)),
                                EveryRule.rule("worse", new NftExpression.LookupVerdict("missing", 0))));

        KernelException refusal = assertThrows(KernelException.class, () -> nft.apply(transaction));

        assertEquals("replace rules of", refusal.operation());
        assertEquals("ip fairlead chain", refusal.target());
        assertTrue(refusal.toString().contains("rule 2 \"bad\""), refusal.toString());
        assertTrue(refusal.toString().contains("1 more failed"), refusal.toString());
    }

    @Test
    void refusesWhatWasBuiltWronglyBeforeAskingTheKernel() {
        NftTransaction transaction = new NftTransaction(TABLE, verdicts)
                .addTable(false)
                .addSet(PORTS)
                .addElement(PORTS, new byte[5], port(80))
                .deleteElement(PORTS, new byte[3]);

        KernelException refusal = assertThrows(KernelException.class, () -> nft.apply(transaction));

        assertEquals(Errno.EINVAL, refusal.errno());
        assertTrue(refusal.toString().contains("5 bytes of key"), refusal.toString());
        assertFalse(nft.read(TABLE).exists());
    }

    @Test
    void goesOnAfterAnError() {
        NftTransaction refused = new NftTransaction(TABLE, verdicts).deleteTable();
        for (int i = 0; i < 3; i++) {
            assertThrows(KernelException.class, () -> nft.apply(refused));
            assertThrows(KernelException.class, () -> elements(TABLE, PORTS, verdicts));
        }

        nft.apply(new NftTransaction(TABLE, verdicts)
                .addTable(false)
                .addSet(PORTS)
                .addElement(PORTS, address(1), port(80)));

        assertEquals(Map.of("0x0a000001", "0x0050"), elements(TABLE, PORTS, verdicts));
    }

    @Test
    void ownedTableSurvivesAForeignFlushAndItsOwnersDeath() {
        NftTransaction create = new NftTransaction(TABLE, verdicts)
                .addTable(true)
                .addSet(PORTS)
                .addElement(PORTS, address(1), port(80));
        try (Nft first = open()) {
            first.apply(create);
            namespace.run(() -> Tool.run("nft", "flush", "ruleset"));
            assertTrue(nft.read(TABLE).ownedByOther());
        }

        // The death of a process is no more to the kernel than this: its socket closes.
        assertFalse(nft.read(TABLE).ownedByOther());
        nft.apply(new NftTransaction(TABLE, verdicts).addTable(true));
        namespace.run(() -> Tool.run("nft", "flush", "ruleset"));

        assertEquals(Map.of("0x0a000001", "0x0050"), elements(TABLE, PORTS, verdicts));
    }

    @Test
    void probeOfOwnedTablesLeavesNothingBehind() {
        assertTrue(nft.supportsOwnedPersistentTables());
        assertEquals("", namespace.run(() -> Tool.run("nft", "list", "ruleset")));
    }

    @Test
    void reportsForeignObjectsInOurTableByName() {
        namespace.run(() -> Tool.run("nft", """
                table ip fairlead {
                  set intervals { type ipv4_addr; flags interval; elements = { 10.0.0.0/8 }; }
                  set others { type ether_addr; }
                  set timed { type ipv4_addr; flags timeout; }
                  chain routed { type route hook output priority 0; policy drop; }
                  chain commented { counter accept comment "theirs"; }
                }
                table ip other {
                  chain elsewhere { accept; }
                  set elsewhere { type ipv4_addr; }
                }
                """));

        NftTableState state = nft.read(TABLE);

        assertEquals(
                Map.of("routed", NftChain.regular("routed"), "commented", NftChain.regular("commented")),
                state.chains());
        assertEquals(Map.of("commented", List.of("theirs")), state.ruleComments());
        assertEquals(
                java.util.Set.of("intervals", "others", "timed"), state.sets().keySet());
        state.sets().values().forEach(set -> assertTrue(set.key().isEmpty(), set.toString()));
    }

    @Test
    void refusesToReadElementsAsAnotherType() {
        nft.apply(new NftTransaction(TABLE, verdicts)
                .addTable(false)
                .addSet(PORTS)
                .addElement(PORTS, address(1), port(80)));
        List<NftSet> wrong = new ArrayList<>(List.of(
                NftSet.map("ports", List.of(NftType.IPV6_ADDR), NftType.INET_SERVICE),
                NftSet.map("ports", List.of(NftType.IPV4_ADDR), NftType.MARK),
                NftSet.verdictMap("ports", NftType.IPV4_ADDR)));

        for (NftSet set : wrong) {
            assertThrows(KernelException.class, () -> elements(TABLE, set, verdicts), set.toString());
        }
        assertEquals(1, elements(TABLE, PORTS, verdicts).size());
    }

    @Test
    void rulesKeepTheirOrderAndCommentsOfEveryLength() {
        List<NftRule> rules = new ArrayList<>();
        for (int length = 0; length <= NftRule.COMMENT_BYTES_MAX; length++) {
            rules.add(EveryRule.rule("é".repeat(length / 2) + "x".repeat(length % 2)));
        }
        nft.apply(new NftTransaction(TABLE, verdicts)
                .addTable(false)
                .addChain(NftChain.regular("chain"))
                .replaceRules("chain", rules));

        assertEquals(
                rules.stream().map(NftRule::comment).toList(),
                nft.read(TABLE).ruleComments().get("chain"));
        NftTransaction tooLong = new NftTransaction(TABLE, verdicts)
                .replaceRules("chain", List.of(EveryRule.rule("x".repeat(NftRule.COMMENT_BYTES_MAX + 1))));
        assertThrows(KernelException.class, () -> nft.apply(tooLong));
    }

    @Test
    void userDataOfStrangersIsReadWithCare() {
        assertEquals("", NftUserData.comment(new byte[0]));
        assertEquals("", NftUserData.comment(new byte[] {0}));
        assertEquals("", NftUserData.comment(new byte[] {0, 9}));
        assertEquals("", NftUserData.comment(new byte[] {7, (byte) 200, 1, 2}));
        assertEquals("ab", NftUserData.comment(new byte[] {7, 1, 1, 0, 3, 'a', 'b', 0}));
        assertArrayEquals(new byte[] {0, 2, 'a', 0}, NftUserData.ofRule("a"));
    }

    private static byte[] address(int number) {
        return ByteBuffer.allocate(4).putInt(0x0a000000 + number).array();
    }

    private static byte[] port(int number) {
        return ByteBuffer.allocate(2).putShort((short) number).array();
    }
}
