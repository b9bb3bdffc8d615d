package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.fake.Faults.Call;
import io.fairlead.kernel.fake.Faults.Fault;
import io.fairlead.kernel.nft.NftOperation;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftTransaction;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The nf_tables of one pretended network namespace; {@link #open} gives sockets that share it.
 *
 * <p>Obeys net/netfilter/nf_tables_api.c and the init and validate functions of the expressions. Where kernels differ
 * (6.1 to 6.18), it refuses what any of them refuses. Two exceptions: loops that no base chain reaches are accepted,
 * as from 6.11 on, and of loops that one reaches the fake says ELOOP, where newer kernels say EMLINK.
 *
 * <p>Thread-safe: everything is done under the lock of this object, as the kernel has one commit mutex.
 */
public final class FakeNftKernel {

    private final InstantSource clock;
    private final boolean ownedPersistentTables;
    private final Map<NftTable, FakeNftTable> tables = new HashMap<>();
    private Faults faults = Faults.NONE;
    private Fault next = Fault.NONE;
    private int sockets;
    private long chains;
    private long applies;
    private long reads;
    private long operations;
    private long elements;

    /** A kernel that can do all we ask for. */
    public FakeNftKernel(InstantSource clock) {
        this(clock, true);
    }

    /**
     * @param clock by which records expire
     * @param ownedPersistentTables false for a kernel before 6.9
     */
    public FakeNftKernel(InstantSource clock, boolean ownedPersistentTables) {
        this.clock = clock;
        this.ownedPersistentTables = ownedPersistentTables;
    }

    /** A new socket: like a new process, it owns nothing yet. */
    public synchronized FakeNft open() {
        return new FakeNft(this, ++sockets);
    }

    /** What happened since the start, over all sockets. */
    public synchronized Counts counts() {
        return new Counts(applies, operations, elements, reads);
    }

    /**
     * Messages sent to this kernel, refused ones too.
     *
     * <p>Immutable.
     *
     * @param transactions that were not empty
     * @param operations steps of these
     * @param elements elements added or deleted by these
     * @param reads calls that read
     */
    public record Counts(long transactions, long operations, long elements, long reads) {}

    /** Lets calls fail from now on. */
    public synchronized void setFaults(Faults faults) {
        this.faults = faults;
    }

    /** Lets the next call fail, whatever it is. */
    public synchronized void failNext(int errno) {
        next = Fault.of(errno);
    }

    /** What {@code nft flush ruleset} of another process does: deletes all tables without a living owner. */
    public synchronized void flushRulesetByOther() {
        tables.values().removeIf(table -> table.owner() == FakeNftTable.NOBODY);
    }

    boolean hasOwnedPersistentTables() {
        return ownedPersistentTables;
    }

    Map<NftTable, FakeNftTable> tables() {
        return tables;
    }

    @Nullable
    FakeNftTable table(NftTable id) {
        return tables.get(id);
    }

    long nowMillis() {
        return clock.millis();
    }

    long nextChainSequence() {
        return ++chains;
    }

    /** Counts an apply and says whether it fails. */
    Fault countApply(NftTransaction transaction) {
        applies++;
        operations += transaction.operations().size();
        for (NftOperation operation : transaction.operations()) {
            if (operation instanceof NftOperation.Elements run) {
                elements += run.elements().count();
            }
        }
        return fault(Call.APPLY, applies);
    }

    /** Counts a read and says whether it fails. */
    Fault countRead() {
        return fault(Call.READ, ++reads);
    }

    private Fault fault(Call call, long number) {
        Fault single = next;
        next = Fault.NONE;
        return single.fails() ? single : faults.fault(call, number);
    }
}
