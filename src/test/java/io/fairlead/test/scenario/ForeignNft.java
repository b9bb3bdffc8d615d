package io.fairlead.test.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftExpression;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftHook;
import io.fairlead.kernel.nft.NftRule;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftTableState;
import io.fairlead.kernel.nft.NftTransaction;
import io.fairlead.kernel.nft.NftVerdict;
import io.fairlead.kernel.nft.NftVerdicts;
import io.fairlead.kernel.nft.fake.FakeNftKernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * Another program that uses nftables.
 *
 * <p>Confined to one thread.
 */
final class ForeignNft implements ForeignProgram {

    private static final String THEIRS = "theirs";
    private static final int NAT_DESTINATION = -100;
    private static final int PRIORITIES = 10;

    private final FakeNftKernel kernel;
    private final String ours;
    private final NftVerdicts verdicts = new NftVerdicts();
    private int made;

    /** @param ours the name of our tables */
    ForeignNft(FakeNftKernel kernel, String ours) {
        this.kernel = kernel;
        this.ours = ours;
    }

    @Override
    public void act(Random random) {
        NftFamily family = ForeignProgram.one(List.of(NftFamily.values()), random);
        int deed = random.nextInt(9);
        try (Nft nft = kernel.open()) {
            switch (deed) {
                case 0, 1, 2 -> bring(nft, new NftTable(family, THEIRS), random);
                case 3 -> leave(nft, new NftTable(family, THEIRS));
                case 4 -> kernel.flushRulesetByOther();
                default -> breakOurs(nft, new NftTable(family, ours), deed, random);
            }
        }
    }

    /** A chain that drops what comes from an address that nobody has, sooner or later than ours. */
    private void bring(Nft nft, NftTable table, Random random) {
        NftTransaction transaction = new NftTransaction(table, verdicts);
        if (!nft.read(table).exists()) {
            transaction.addTable(false);
        }
        String name = "chain-" + ++made;
        int priority = NAT_DESTINATION + random.nextInt(-PRIORITIES, PRIORITIES);
        transaction.addChain(new NftChain(name, new NftChain.Base(NftChain.Type.FILTER, NftHook.PREROUTING, priority)));
        transaction.replaceRules(name, List.of(rule(table.family()), rule(table.family())));
        nft.apply(transaction);
    }

    /** Offsets of include/uapi/linux/ip.h and ipv6.h. */
    private NftRule rule(NftFamily family) {
        boolean ipv6 = family == NftFamily.IP6;
        String address = ForeignProgram.address(ipv6, ++made);
        byte[] bytes = IpAddress.parse(address).toBytes();
        return new NftRule(
                List.of(
                        new NftExpression.Payload(NftExpression.Header.NETWORK, ipv6 ? 8 : 12, bytes.length, 0),
                        new NftExpression.Compare(0, false, NftData.of(bytes)),
                        new NftExpression.Verdict(new NftVerdict.Drop())),
                address);
    }

    private void leave(Nft nft, NftTable table) {
        if (nft.read(table).exists()) {
            nft.apply(new NftTransaction(table, verdicts).deleteTable());
        }
    }

    /** A table that has another owner must not change. */
    private void breakOurs(Nft nft, NftTable table, int deed, Random random) {
        NftTableState state = nft.read(table);
        if (!state.exists()) {
            return;
        }
        NftTransaction transaction = new NftTransaction(table, verdicts);
        switch (deed) {
            case 5 -> transaction.deleteTable();
            case 6 ->
                transaction.replaceRules(
                        ForeignProgram.one(List.copyOf(new TreeMap<>(state.chains()).keySet()), random), List.of());
            case 7 -> transaction.addChain(NftChain.regular("intruder-" + ++made));
            default -> deleteElement(nft, state, transaction, random);
        }
        if (state.ownedByOther() && !transaction.isEmpty()) {
            KernelException refusal = assertThrows(KernelException.class, () -> nft.apply(transaction));
            assertEquals(Errno.EPERM, refusal.errno(), refusal::toString);
        } else {
            nft.apply(transaction);
        }
    }

    private void deleteElement(Nft nft, NftTableState state, NftTransaction transaction, Random random) {
        List<Runnable> deletions = new ArrayList<>();
        for (NftSet set : new TreeMap<>(state.sets()).values()) {
            if (!set.dynamic()) {
                nft.readElements(transaction.table(), set, verdicts, (key, _) -> {
                    byte[] copy = key.clone();
                    deletions.add(() -> transaction.deleteElement(set, copy));
                });
            }
        }
        if (!deletions.isEmpty()) {
            ForeignProgram.one(deletions, random).run();
        }
    }

    @Override
    public List<String> own() {
        List<String> lines = new ArrayList<>();
        try (Nft nft = kernel.open()) {
            for (NftFamily family : NftFamily.values()) {
                NftTableState state = nft.read(new NftTable(family, THEIRS));
                new TreeMap<>(state.chains())
                        .forEach((name, chain) -> lines.add(family + " " + chain + " "
                                + state.ruleComments().getOrDefault(name, List.of())));
            }
        }
        return lines;
    }
}
