package io.fairlead.kernel.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What nf_tables refuses and accepts, to be checked of the fake and of the kernel alike: all kernels since 6.1, so
 * some laws allow more than one errno.
 *
 * <p>Immutable.
 *
 * @param check gets sockets to one and the same kernel, which holds no table {@link #TABLE}, and leaves none
 */
public record NftLaw(String name, Consumer<Supplier<? extends Nft>> check) {

    public static final NftTable TABLE = new NftTable(NftFamily.IP, "law");

    /** Every law; each wants its own or an empty kernel. */
    public static List<NftLaw> all() {
        List<NftLaw> laws = new ArrayList<>(NftRuleLaws.all());
        laws.addAll(List.of(
                inTable("refusesDeletingWhatIsNotThere", NftLaw::refusesDeletingWhatIsNotThere),
                inTable("refusesRulesAndElementsWithoutChainOrSet", NftLaw::refusesRulesAndElementsWithoutHome),
                inTable("acceptsEqualChainAgain", NftLaw::acceptsEqualChainAgain),
                inTable("refusesChainWithOtherHook", NftLaw::refusesChainWithOtherHook),
                inTable("refusesNatChainWhereNoneCanBe", NftLaw::refusesNatChainWhereNoneCanBe),
                inTable("acceptsEqualSetAgain", NftLaw::acceptsEqualSetAgain),
                inTable("refusesSetWithOtherType", NftLaw::refusesSetWithOtherType),
                inTable("acceptsEqualElementAgain", NftLaw::acceptsEqualElementAgain),
                inTable("refusesElementWithOtherValue", NftLaw::refusesElementWithOtherValue),
                inTable("changesElementByDeleteAndAdd", NftLaw::changesElementByDeleteAndAdd),
                inTable("refusesKeysAndValuesOfOtherLength", NftLaw::refusesKeysAndValuesOfOtherLength),
                inTable("refusesElementOfFullSet", NftLaw::refusesElementOfFullSet),
                inTable("refusesVerdictElementToWrongChain", NftLaw::refusesVerdictElementToWrongChain),
                inTable("refusesDeletingChainInUse", NftLaw::refusesDeletingChainInUse),
                inTable("deletesChainTogetherWithItsUsers", NftLaw::deletesChainTogetherWithItsUsers),
                inTable("refusesDeletingSetInUse", NftLaw::refusesDeletingSetInUse),
                inTable("changesNothingWhenOneStepIsRefused", NftLaw::changesNothingWhenOneStepIsRefused),
                inTable("namesTheStepThatWasRefused", NftLaw::namesTheStepThatWasRefused),
                new NftLaw("refusesEverythingWithoutTable", NftLaw::refusesEverythingWithoutTable),
                new NftLaw("refusesStrangersOnOwnedTable", NftLaw::refusesStrangersOnOwnedTable),
                new NftLaw("letsOrphanBeTakenOver", NftLaw::letsOrphanBeTakenOver),
                new NftLaw("refusesOtherOwnershipOfSameTable", NftLaw::refusesOtherOwnershipOfSameTable)));
        return laws;
    }

    @Override
    public String toString() {
        return name;
    }

    /** A law of a table that exists, is empty and not owned. */
    public static NftLaw inTable(String name, Consumer<Nft> check) {
        return new NftLaw(name, sockets -> {
            try (Nft nft = sockets.get()) {
                nft.apply(transaction().addTable(false));
                check.accept(nft);
                nft.apply(transaction().deleteTable());
            }
        });
    }

    public static NftTransaction transaction() {
        return new NftTransaction(TABLE, new NftVerdicts());
    }

    /** Asserts that the transaction is refused with one of the errnos, and changes nothing that can be read. */
    public static KernelException refused(Nft nft, NftTransaction transaction, int... errnos) {
        NftTableState before = nft.read(TABLE);
        KernelException refusal = assertThrows(KernelException.class, () -> nft.apply(transaction));
        assertTrue(
                Arrays.stream(errnos).anyMatch(errno -> errno == refusal.errno()),
                () -> "expected one of " + Arrays.toString(errnos) + ": " + refusal.getMessage());
        assertEquals(before, nft.read(TABLE), refusal.getMessage());
        return refusal;
    }

    public static final NftSet ADDRESSES = NftSet.set("addresses", NftType.IPV4_ADDR);
    public static final NftSet MARKS = NftSet.map("marks", List.of(NftType.IPV4_ADDR), NftType.MARK);
    public static final NftSet VERDICTS = NftSet.verdictMap("verdicts", NftType.IPV4_ADDR);

    public static byte[] address(int last) {
        return new byte[] {10, 0, 0, (byte) last};
    }

    public static final byte[] NOTHING = {};

    public static NftChain base(String name, NftChain.Type type, NftHook hook, int priority) {
        return new NftChain(name, new NftChain.Base(type, hook, priority));
    }

    /** An element of {@link #VERDICTS}, alone in a transaction. */
    public static NftTransaction verdictElement(int last, NftVerdict verdict) {
        NftVerdicts verdicts = new NftVerdicts();
        byte[] number = {0, 0, 0, (byte) verdicts.number(verdict)};
        return new NftTransaction(TABLE, verdicts).addElement(VERDICTS, address(last), number);
    }

    public static NftRule rule(NftExpression... expressions) {
        return new NftRule(List.of(expressions), "");
    }

    public static NftRule verdictRule(NftVerdict verdict) {
        return rule(new NftExpression.Verdict(verdict));
    }

    /** Loads the source address into register 0. */
    public static final NftExpression SOURCE = new NftExpression.Payload(NftExpression.Header.NETWORK, 12, 4, 0);

    public static int elementCount(Nft nft, NftSet set) {
        List<byte[]> keys = new ArrayList<>();
        nft.readElements(TABLE, set, new NftVerdicts(), (key, value) -> keys.add(key.clone()));
        return keys.size();
    }

    private static void refusesDeletingWhatIsNotThere(Nft nft) {
        refused(nft, transaction().deleteChain("none"), Errno.ENOENT);
        refused(nft, transaction().deleteSet("none"), Errno.ENOENT);
        refused(nft, transaction().addSet(ADDRESSES).deleteElement(ADDRESSES, address(1)), Errno.ENOENT);
    }

    private static void refusesRulesAndElementsWithoutHome(Nft nft) {
        refused(nft, transaction().replaceRules("none", List.of(rule(SOURCE))), Errno.ENOENT);
        refused(nft, transaction().addElement(ADDRESSES, address(1), NOTHING), Errno.ENOENT);
    }

    private static void acceptsEqualChainAgain(Nft nft) {
        NftChain base = base("base", NftChain.Type.FILTER, NftHook.INPUT, 0);
        NftChain regular = NftChain.regular("regular");
        nft.apply(transaction().addChain(base).addChain(regular));
        nft.apply(transaction().addChain(base).addChain(regular).addChain(NftChain.regular("base")));
        assertEquals(base, nft.read(TABLE).chains().get("base"));
    }

    private static void refusesChainWithOtherHook(Nft nft) {
        nft.apply(transaction()
                .addChain(base("base", NftChain.Type.FILTER, NftHook.INPUT, 0))
                .addChain(NftChain.regular("regular")));
        refused(
                nft,
                transaction().addChain(base("base", NftChain.Type.FILTER, NftHook.INPUT, 1)),
                Errno.EOPNOTSUPP,
                Errno.EEXIST);
        refused(
                nft,
                transaction().addChain(base("base", NftChain.Type.FILTER, NftHook.OUTPUT, 0)),
                Errno.EOPNOTSUPP,
                Errno.EEXIST);
        refused(nft, transaction().addChain(base("base", NftChain.Type.NAT, NftHook.INPUT, 0)), Errno.EEXIST);
        refused(
                nft,
                transaction().addChain(base("regular", NftChain.Type.FILTER, NftHook.INPUT, 0)),
                Errno.EOPNOTSUPP,
                Errno.EEXIST);
    }

    private static void refusesNatChainWhereNoneCanBe(Nft nft) {
        refused(nft, transaction().addChain(base("nat", NftChain.Type.NAT, NftHook.FORWARD, 0)), Errno.EOPNOTSUPP);
        refused(
                nft,
                transaction().addChain(base("nat", NftChain.Type.NAT, NftHook.PREROUTING, -200)),
                Errno.EOPNOTSUPP);
        nft.apply(transaction().addChain(base("nat", NftChain.Type.NAT, NftHook.PREROUTING, -199)));
    }

    private static void acceptsEqualSetAgain(Nft nft) {
        NftSet records = NftSet.records("records", 10, List.of(NftType.IPV4_ADDR), NftType.MARK);
        nft.apply(transaction().addSet(ADDRESSES).addSet(MARKS).addSet(VERDICTS).addSet(records));
        nft.apply(transaction().addSet(ADDRESSES).addSet(MARKS).addSet(VERDICTS).addSet(records));
        // Another size is no other set: newer kernels resize it.
        nft.apply(transaction().addSet(NftSet.records("records", 20, List.of(NftType.IPV4_ADDR), NftType.MARK)));
    }

    private static void refusesSetWithOtherType(Nft nft) {
        nft.apply(transaction().addSet(ADDRESSES).addSet(MARKS));
        refused(nft, transaction().addSet(NftSet.set("addresses", NftType.IPV6_ADDR)), Errno.EEXIST);
        refused(nft, transaction().addSet(NftSet.set("addresses", NftType.MARK)), Errno.EEXIST);
        refused(nft, transaction().addSet(NftSet.verdictMap("addresses", NftType.IPV4_ADDR)), Errno.EEXIST);
        refused(nft, transaction().addSet(NftSet.set("marks", NftType.IPV4_ADDR)), Errno.EEXIST);
        NftSet records = NftSet.records("marks", 10, List.of(NftType.IPV4_ADDR), NftType.MARK);
        refused(nft, transaction().addSet(records), Errno.EEXIST);
    }

    private static void acceptsEqualElementAgain(Nft nft) {
        nft.apply(transaction()
                .addSet(ADDRESSES)
                .addSet(MARKS)
                .addSet(VERDICTS)
                .addChain(NftChain.regular("target"))
                .addElement(ADDRESSES, address(1), NOTHING)
                .addElement(ADDRESSES, address(1), NOTHING)
                .addElement(MARKS, address(1), address(9)));
        nft.apply(transaction().addElement(MARKS, address(1), address(9)));
        nft.apply(verdictElement(1, new NftVerdict.Goto("target")));
        nft.apply(verdictElement(1, new NftVerdict.Goto("target")));
        assertEquals(1, elementCount(nft, ADDRESSES));
        assertEquals(1, elementCount(nft, MARKS));
        assertEquals(1, elementCount(nft, VERDICTS));
    }

    private static void refusesElementWithOtherValue(Nft nft) {
        nft.apply(transaction()
                .addSet(MARKS)
                .addSet(VERDICTS)
                .addChain(NftChain.regular("target"))
                .addElement(MARKS, address(1), address(9)));
        refused(nft, transaction().addElement(MARKS, address(1), address(8)), Errno.EEXIST);
        nft.apply(verdictElement(1, new NftVerdict.Goto("target")));
        refused(nft, verdictElement(1, new NftVerdict.Jump("target")), Errno.EEXIST);
        refused(nft, verdictElement(1, new NftVerdict.Accept()), Errno.EEXIST);
    }

    private static void changesElementByDeleteAndAdd(Nft nft) {
        nft.apply(transaction().addSet(MARKS).addElement(MARKS, address(1), address(9)));
        nft.apply(transaction().deleteElement(MARKS, address(1)).addElement(MARKS, address(1), address(8)));
        List<Byte> values = new ArrayList<>();
        nft.readElements(TABLE, MARKS, new NftVerdicts(), (key, value) -> values.add(value[3]));
        assertEquals(List.of((byte) 8), values);
    }

    private static void refusesKeysAndValuesOfOtherLength(Nft nft) {
        nft.apply(transaction().addSet(MARKS));
        NftSet longKey = NftSet.map("marks", List.of(NftType.IPV6_ADDR), NftType.MARK);
        refused(nft, transaction().addElement(longKey, new byte[16], new byte[4]), Errno.EINVAL);
        NftSet longValue = NftSet.map("marks", List.of(NftType.IPV4_ADDR), NftType.IPV6_ADDR);
        refused(nft, transaction().addElement(longValue, new byte[4], new byte[16]), Errno.EINVAL);
        NftSet noValue = NftSet.set("marks", NftType.IPV4_ADDR);
        refused(nft, transaction().addElement(noValue, new byte[4], NOTHING), Errno.EINVAL);
    }

    private static void refusesElementOfFullSet(Nft nft) {
        NftSet two = new NftSet("two", List.of(NftType.IPV4_ADDR), List.of(), false, false, 2);
        nft.apply(transaction().addSet(two).addElement(two, address(1), NOTHING).addElement(two, address(2), NOTHING));
        refused(nft, transaction().addElement(two, address(3), NOTHING), Errno.ENFILE);
        nft.apply(transaction().addElement(two, address(2), NOTHING));
        nft.apply(transaction().deleteElement(two, address(1)).addElement(two, address(3), NOTHING));
        assertEquals(2, elementCount(nft, two));
    }

    private static void refusesVerdictElementToWrongChain(Nft nft) {
        nft.apply(transaction().addSet(VERDICTS).addChain(base("base", NftChain.Type.FILTER, NftHook.INPUT, 0)));
        refused(nft, verdictElement(1, new NftVerdict.Jump("none")), Errno.ENOENT);
        refused(nft, verdictElement(1, new NftVerdict.Goto("base")), Errno.EOPNOTSUPP);
    }

    private static void refusesDeletingChainInUse(Nft nft) {
        nft.apply(transaction()
                .addSet(VERDICTS)
                .addChain(NftChain.regular("by-rule"))
                .addChain(NftChain.regular("by-element"))
                .addChain(NftChain.regular("user"))
                .replaceRules("user", List.of(verdictRule(new NftVerdict.Jump("by-rule")))));
        nft.apply(verdictElement(1, new NftVerdict.Goto("by-element")));
        refused(nft, transaction().deleteChain("by-rule"), Errno.EBUSY);
        refused(nft, transaction().deleteChain("by-element"), Errno.EBUSY);
    }

    private static void deletesChainTogetherWithItsUsers(Nft nft) {
        refusesDeletingChainInUse(nft);
        nft.apply(transaction()
                .replaceRules("user", List.of())
                .deleteChain("by-rule")
                .deleteElement(VERDICTS, address(1))
                .deleteChain("by-element"));
        nft.apply(transaction().addChain(NftChain.regular("by-element")));
        nft.apply(verdictElement(1, new NftVerdict.Goto("by-element")));
        nft.apply(transaction().deleteSet("verdicts").deleteChain("by-element").deleteChain("user"));
        assertTrue(nft.read(TABLE).chains().isEmpty());
    }

    private static void refusesDeletingSetInUse(Nft nft) {
        NftRule lookup = rule(SOURCE, new NftExpression.Lookup("addresses", 0, false));
        nft.apply(transaction()
                .addSet(ADDRESSES)
                .addElement(ADDRESSES, address(1), NOTHING)
                .addChain(NftChain.regular("user"))
                .replaceRules("user", List.of(lookup, lookup)));
        refused(nft, transaction().deleteSet("addresses"), Errno.EBUSY);
        nft.apply(transaction().replaceRules("user", List.of(lookup)));
        refused(nft, transaction().deleteSet("addresses"), Errno.EBUSY);
        nft.apply(transaction().replaceRules("user", List.of()).deleteSet("addresses"));
        assertTrue(nft.read(TABLE).sets().isEmpty());
    }

    private static void changesNothingWhenOneStepIsRefused(Nft nft) {
        nft.apply(transaction().addSet(MARKS).addElement(MARKS, address(1), address(9)));
        refused(
                nft,
                transaction()
                        .addChain(NftChain.regular("new"))
                        .addSet(ADDRESSES)
                        .deleteElement(MARKS, address(1))
                        .addElement(MARKS, address(2), address(9))
                        .deleteChain("none"),
                Errno.ENOENT);
        List<Byte> keys = new ArrayList<>();
        nft.readElements(TABLE, MARKS, new NftVerdicts(), (key, value) -> keys.add(key[3]));
        assertEquals(List.of((byte) 1), keys);
    }

    private static void namesTheStepThatWasRefused(Nft nft) {
        nft.apply(transaction().addSet(MARKS));
        KernelException refusal = refused(
                nft,
                transaction()
                        .addElement(MARKS, address(1), address(9))
                        .addElement(ADDRESSES, address(1), NOTHING)
                        .addChain(NftChain.regular("fine")),
                Errno.ENOENT);
        assertEquals("ip law addresses", refusal.target());
        assertEquals("add element", refusal.operation());
    }

    private static void refusesEverythingWithoutTable(Supplier<? extends Nft> sockets) {
        try (Nft nft = sockets.get()) {
            assertFalse(nft.read(TABLE).exists());
            refused(nft, transaction().deleteTable(), Errno.ENOENT);
            refused(nft, transaction().addChain(NftChain.regular("chain")), Errno.ENOENT);
            refused(nft, transaction().addSet(ADDRESSES), Errno.ENOENT);
            assertThrows(KernelException.class, () -> elementCount(nft, ADDRESSES));
        }
    }

    private static void refusesStrangersOnOwnedTable(Supplier<? extends Nft> sockets) {
        try (Nft owner = sockets.get();
                Nft stranger = sockets.get()) {
            if (!owner.supportsOwnedPersistentTables()) {
                refused(owner, transaction().addTable(true), Errno.EOPNOTSUPP);
                return;
            }
            owner.apply(transaction().addTable(true).addSet(ADDRESSES));
            assertFalse(owner.read(TABLE).ownedByOther());
            assertTrue(stranger.read(TABLE).ownedByOther());
            refused(stranger, transaction().addTable(true), Errno.EPERM);
            refused(stranger, transaction().addElement(ADDRESSES, address(1), NOTHING), Errno.EPERM);
            refused(stranger, transaction().deleteTable(), Errno.EPERM);
            owner.apply(transaction().addTable(true).addElement(ADDRESSES, address(1), NOTHING));
            owner.apply(transaction().deleteTable());
        }
    }

    private static void letsOrphanBeTakenOver(Supplier<? extends Nft> sockets) {
        Nft first = sockets.get();
        boolean supported = first.supportsOwnedPersistentTables();
        if (supported) {
            first.apply(transaction().addTable(true).addSet(ADDRESSES).addElement(ADDRESSES, address(1), NOTHING));
        }
        first.close();
        try (Nft second = sockets.get()) {
            if (supported) {
                assertFalse(second.read(TABLE).ownedByOther());
                second.apply(transaction().addTable(true));
                assertEquals(1, elementCount(second, ADDRESSES));
                second.apply(transaction().deleteTable());
            }
            assertFalse(second.read(TABLE).exists());
        }
    }

    private static void refusesOtherOwnershipOfSameTable(Supplier<? extends Nft> sockets) {
        try (Nft nft = sockets.get()) {
            nft.apply(transaction().addTable(false));
            refused(nft, transaction().addTable(true), Errno.EOPNOTSUPP);
            nft.apply(transaction().addTable(false).deleteTable());
            if (nft.supportsOwnedPersistentTables()) {
                nft.apply(transaction().addTable(true));
                refused(nft, transaction().addTable(false), Errno.EOPNOTSUPP);
                nft.apply(transaction().deleteTable());
            }
        }
    }
}
