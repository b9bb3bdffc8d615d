package io.fairlead.agent.dataplane.nftables;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.NftOperation;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftTableState;
import io.fairlead.kernel.nft.NftTransaction;
import io.fairlead.kernel.nft.NftVerdicts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A socket that shows what passes, and refuses what a test wants refused.
 *
 * <p>Confined to the test thread.
 */
final class WatchedNft implements Nft {

    private final Nft nft;
    private final List<NftTransaction> applied = new ArrayList<>();
    private Predicate<NftOperation> refused = _ -> false;
    private Runnable afterEach = () -> {};

    WatchedNft(Nft nft) {
        this.nft = nft;
    }

    /** Transactions that the kernel took since {@link #forget}. */
    List<NftTransaction> applied() {
        return applied;
    }

    void forget() {
        applied.clear();
    }

    /** Refuses every transaction with such a step. */
    void refuse(Predicate<NftOperation> steps) {
        refused = steps;
    }

    /** Called after each transaction that the kernel took: between any two a packet may come. */
    void afterEach(Runnable check) {
        afterEach = check;
    }

    /** Elements added and deleted by the transactions since {@link #forget}. */
    int elements() {
        return applied.stream().mapToInt(WatchedNft::elements).sum();
    }

    static int elements(NftTransaction transaction) {
        return transaction.operations().stream()
                .mapToInt(operation -> operation instanceof NftOperation.Elements run
                        ? run.elements().count()
                        : 0)
                .sum();
    }

    /** Whether a step adds an element whose key begins with these bytes. */
    static boolean addsKey(NftOperation operation, String set, byte[] keyStart) {
        if (!(operation instanceof NftOperation.Elements run)
                || run.delete()
                || !run.set().name().equals(set)) {
            return false;
        }
        for (int i = 0; i < run.elements().count(); i++) {
            int offset = run.elements().keyOffset(i);
            if (java.util.Arrays.equals(
                    run.elements().buffer(), offset, offset + keyStart.length, keyStart, 0, keyStart.length)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void apply(NftTransaction transaction) {
        if (transaction.operations().stream().anyMatch(refused)) {
            throw new KernelException(
                    "apply a transaction on", transaction.table().toString(), Errno.EINVAL, "refused");
        }
        nft.apply(transaction);
        applied.add(transaction);
        afterEach.run();
    }

    @Override
    public NftTableState read(NftTable table) {
        return nft.read(table);
    }

    @Override
    public void readElements(NftTable table, NftSet set, NftVerdicts verdicts, ElementVisitor visitor) {
        nft.readElements(table, set, verdicts, visitor);
    }

    @Override
    public boolean supportsOwnedPersistentTables() {
        return nft.supportsOwnedPersistentTables();
    }

    @Override
    public void close() {
        nft.close();
    }
}
