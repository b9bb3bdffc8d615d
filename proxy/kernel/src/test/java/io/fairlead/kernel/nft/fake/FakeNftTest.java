package io.fairlead.kernel.nft.fake;

import static io.fairlead.kernel.nft.NftLaw.ADDRESSES;
import static io.fairlead.kernel.nft.NftLaw.NOTHING;
import static io.fairlead.kernel.nft.NftLaw.SOURCE;
import static io.fairlead.kernel.nft.NftLaw.TABLE;
import static io.fairlead.kernel.nft.NftLaw.refused;
import static io.fairlead.kernel.nft.NftLaw.rule;
import static io.fairlead.kernel.nft.NftLaw.transaction;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.fake.Faults.Call;
import io.fairlead.kernel.fake.Faults.Fault;
import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftExpression;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftLaw;
import io.fairlead.kernel.nft.NftRule;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftTransaction;
import io.fairlead.kernel.nft.NftType;
import io.fairlead.kernel.nft.NftVerdicts;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

class FakeNftTest {

    private static final int ENODATA = 61;

    private final FakeNftKernel kernel = new FakeNftKernel(InstantSource.system());
    private final FakeNft nft = kernel.open();

    @TestFactory
    Stream<DynamicTest> obeysTheLaw() {
        return NftLaw.all().stream()
                .map(law -> DynamicTest.dynamicTest(
                        law.name(), () -> law.check().accept(new FakeNftKernel(InstantSource.system())::open)));
    }

    @TestFactory
    Stream<DynamicTest> obeysTheLawOfKernelsWithoutOwnedTables() {
        return NftLaw.all().stream()
                .map(law -> DynamicTest.dynamicTest(
                        law.name(), () -> law.check().accept(new FakeNftKernel(InstantSource.system(), false)::open)));
    }

    /** Laws that only some kernels know: the fake is as strict as the strictest. */
    @Test
    void refusesWhatOnlySomeKernelsRefuse() {
        nft.apply(transaction()
                .addTable(false)
                .addChain(NftChain.regular("chain"))
                .addSet(NftLaw.MARKS));
        NftRule mapAsSet = rule(SOURCE, new NftExpression.Lookup("marks", 0, false));
        refused(nft, transaction().replaceRules("chain", List.of(mapAsSet)), Errno.EINVAL);
        NftRule readsTooMuch = rule(SOURCE, new NftExpression.Compare(0, false, NftData.of(new byte[8])));
        refused(nft, transaction().replaceRules("chain", List.of(readsTooMuch)), ENODATA);
    }

    @Test
    void flushByOtherSparesOwnedTablesOnly() {
        NftTable plain = new NftTable(NftFamily.IP6, "plain");
        nft.apply(transaction().addTable(true));
        nft.apply(new NftTransaction(plain, new NftVerdicts()).addTable(false));
        kernel.flushRulesetByOther();
        assertTrue(nft.read(TABLE).exists());
        assertFalse(nft.read(plain).exists());
        nft.close();
        kernel.flushRulesetByOther();
        assertFalse(kernel.open().read(TABLE).exists(), "an orphan has no living owner");
    }

    @Test
    void countsMessages() {
        nft.apply(transaction());
        nft.apply(transaction()
                .addTable(false)
                .addSet(ADDRESSES)
                .addElement(ADDRESSES, NftLaw.address(1), NOTHING)
                .addElement(ADDRESSES, NftLaw.address(2), NOTHING));
        nft.read(TABLE);
        assertEquals(new FakeNftKernel.Counts(1, 3, 2, 1), kernel.counts());
    }

    @Test
    void failsWhenTold() {
        kernel.failNext(Errno.ENOMEM);
        assertEquals(
                Errno.ENOMEM,
                assertThrows(
                                KernelException.class,
                                () -> nft.apply(transaction().addTable(false)))
                        .errno());
        assertFalse(nft.read(TABLE).exists());
        kernel.setFaults((call, number) -> call == Call.READ ? Fault.of(Errno.EINTR) : Fault.NONE);
        nft.apply(transaction().addTable(false).addSet(ADDRESSES));
        assertThrows(KernelException.class, () -> nft.read(TABLE));
        assertThrows(KernelException.class, () -> NftLaw.elementCount(nft, ADDRESSES));
        kernel.setFaults((call, number) -> new Fault(Errno.ENOBUFS, true));
        assertThrows(KernelException.class, () -> nft.apply(transaction().deleteTable()), "the answer was lost");
        kernel.setFaults(Faults.NONE);
        assertFalse(nft.read(TABLE).exists());
    }

    @Test
    void seededFaultsComeAtTheirRate() {
        Faults faults = Faults.seeded(7, 10);
        int failures = 0;
        for (int i = 1; i <= 10_000; i++) {
            failures += faults.fault(Call.APPLY, i).errno() == 0 ? 0 : 1;
        }
        assertTrue(failures > 850 && failures < 1150, failures + " of 10000");
    }

    @Test
    void refusesTransactionBuiltWrongly() {
        KernelException refusal = assertThrows(
                KernelException.class,
                () -> nft.apply(transaction().addTable(false).addChain(NftChain.regular("x".repeat(256)))));
        assertTrue(refusal.toString().contains("256 bytes"), refusal.toString());
        assertFalse(nft.read(TABLE).exists());
    }

    /** The undo log makes this independent of the size of the table; a copy would take minutes here. */
    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS)
    void smallTransactionOnBigTableIsCheap() {
        NftSet set = NftSet.map("services", List.of(NftType.IPV4_ADDR, NftType.INET_SERVICE), NftType.MARK);
        NftTransaction big = transaction().addTable(false).addSet(set);
        ByteBuffer key = ByteBuffer.allocate(8);
        byte[] mark = new byte[4];
        for (int i = 0; i < 60_000; i++) {
            big.addElement(set, key.putInt(0, i).array(), mark);
        }
        long before = System.nanoTime();
        nft.apply(big);
        long afterBig = System.nanoTime();
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = key.putInt(0, i).array();
            nft.apply(transaction().deleteElement(set, changed));
            nft.apply(transaction().addElement(set, changed, mark));
        }
        long afterSmall = System.nanoTime();
        System.getLogger("test")
                .log(
                        System.Logger.Level.INFO,
                        "60,000 elements: {0} ms; 40,000 transactions of one element: {1} ms",
                        (afterBig - before) / 1_000_000,
                        (afterSmall - afterBig) / 1_000_000);
        assertEquals(60_000, NftLaw.elementCount(nft, set));
    }
}
