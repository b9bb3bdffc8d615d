package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.fake.Faults.Fault;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftRule;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftTableState;
import io.fairlead.kernel.nft.NftTransaction;
import io.fairlead.kernel.nft.NftVerdict;
import io.fairlead.kernel.nft.NftVerdicts;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A socket to a {@link FakeNftKernel}: refuses what the kernel refuses, with the same errno, and changes nothing then.
 *
 * <p>Confined to one thread at a time.
 */
public final class FakeNft implements Nft {

    private final FakeNftKernel kernel;
    private final int socket;
    private boolean closed;

    FakeNft(FakeNftKernel kernel, int socket) {
        this.kernel = kernel;
        this.socket = socket;
    }

    /** What this socket is connected to. */
    public FakeNftKernel kernel() {
        return kernel;
    }

    @Override
    public void apply(NftTransaction transaction) {
        String target = transaction.table().toString();
        if (!transaction.mistake().isEmpty()) {
            throw new KernelException("build a transaction on", target, Errno.EINVAL, transaction.mistake());
        }
        if (transaction.isEmpty()) {
            return;
        }
        synchronized (kernel) {
            requireOpen();
            Fault fault = kernel.countApply(transaction);
            if (!fault.fails() || fault.applied()) {
                new FakeNftBatch(kernel, socket, transaction).apply();
            }
            failIf(fault, "apply a transaction on", target);
        }
    }

    @Override
    public NftTableState read(NftTable id) {
        synchronized (kernel) {
            requireOpen();
            failIf(kernel.countRead(), "read table", id.toString());
            FakeNftTable table = kernel.table(id);
            return table == null ? NftTableState.ABSENT : state(table);
        }
    }

    private NftTableState state(FakeNftTable table) {
        Map<String, NftChain> chains = new HashMap<>();
        Map<String, List<String>> comments = new HashMap<>();
        for (FakeNftChain chain : table.chains().values()) {
            chains.put(chain.name(), chain.declaration());
            if (!chain.rules().isEmpty()) {
                comments.put(
                        chain.name(),
                        chain.rules().stream().map(NftRule::comment).toList());
            }
        }
        Map<String, NftSet> sets = new HashMap<>();
        table.sets().forEach((name, set) -> sets.put(name, set.declaration()));
        return new NftTableState(true, table.isOwnedByOther(socket), chains, comments, sets);
    }

    @Override
    public void readElements(NftTable id, NftSet set, NftVerdicts verdicts, ElementVisitor visitor) {
        synchronized (kernel) {
            requireOpen();
            String target = id + " " + set.name();
            failIf(kernel.countRead(), "read elements of", target);
            FakeNftTable table = kernel.table(id);
            FakeNftSet found = table == null ? null : table.sets().get(set.name());
            if (found == null) {
                throw new KernelException("read elements of", target, Errno.ENOENT, "");
            }
            long now = kernel.nowMillis();
            found.elements().forEach((key, element) -> {
                if (!element.isExpired(now)) {
                    visitor.element(key.toBytes(), value(element, verdicts));
                }
            });
        }
    }

    private static byte[] value(FakeNftElement element, NftVerdicts verdicts) {
        NftVerdict verdict = element.verdict();
        return verdict == null
                ? element.value().toBytes()
                : ByteBuffer.allocate(Integer.BYTES)
                        .putInt(verdicts.number(verdict))
                        .array();
    }

    @Override
    public boolean supportsOwnedPersistentTables() {
        return kernel.hasOwnedPersistentTables();
    }

    /** Its owned tables stay, as orphans that the next socket may take. */
    @Override
    public void close() {
        synchronized (kernel) {
            closed = true;
            for (FakeNftTable table : kernel.tables().values()) {
                if (table.owner() == socket) {
                    table.setOwner(FakeNftTable.NOBODY);
                }
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("socket " + socket + " is closed");
        }
    }

    private static void failIf(Fault fault, String operation, String target) {
        if (fault.fails()) {
            throw new KernelException(operation, target, fault.errno(), "injected fault");
        }
    }
}
