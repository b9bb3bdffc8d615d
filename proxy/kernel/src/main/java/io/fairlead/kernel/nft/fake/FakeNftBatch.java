package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftElements;
import io.fairlead.kernel.nft.NftHook;
import io.fairlead.kernel.nft.NftOperation;
import io.fairlead.kernel.nft.NftRule;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTransaction;
import io.fairlead.kernel.nft.NftVerdict;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One transaction on the fake: does its steps one by one and keeps for each how to undo it, so that a small
 * transaction on a big table is cheap.
 *
 * <p>Guarded by its {@link FakeNftKernel}.
 */
final class FakeNftBatch {

    /** NF_IP_PRI_CONNTRACK: nat needs conntrack before it (nft_chain_parse_hook). */
    private static final int CONNTRACK_PRIORITY = -200;

    /** NFT_DATA_VALUE_MAXLEN: most bytes of a key or value. */
    private static final int VALUE_BYTES_MAX = 64;

    private final FakeNftKernel kernel;
    private final int socket;
    private final NftTransaction transaction;
    private final ArrayDeque<Runnable> undo = new ArrayDeque<>();
    private final long now;
    private boolean pathsChanged;

    FakeNftBatch(FakeNftKernel kernel, int socket, NftTransaction transaction) {
        this.kernel = kernel;
        this.socket = socket;
        this.transaction = transaction;
        this.now = kernel.nowMillis();
    }

    /**
     * All steps or none.
     *
     * <p>Paths through chains are checked once at the end. When that fails the kernel replays the batch with a check
     * after each step, to name the one at fault (nf_tables_validate returns EAGAIN); so do we.
     */
    void apply() {
        if (!attempt(false)) {
            attempt(true);
        }
    }

    /** Returns whether the steps were kept; if not, or if one was refused, nothing has changed. */
    private boolean attempt(boolean checkEveryStep) {
        boolean kept = false;
        try {
            for (NftOperation operation : transaction.operations()) {
                step(operation);
                FakeNftChainLaw.Violation violation = checkEveryStep ? violation() : null;
                if (violation != null) {
                    throw refusal(operation, violation.errno(), violation.reason());
                }
            }
            kept = checkEveryStep || violation() == null;
            return kept;
        } finally {
            if (!kept) {
                undo();
            }
        }
    }

    private FakeNftChainLaw.@Nullable Violation violation() {
        FakeNftTable table = kernel.table(transaction.table());
        if (!pathsChanged || table == null) {
            return null;
        }
        pathsChanged = false;
        return new FakeNftChainLaw(table).violation();
    }

    private void undo() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }

    private void step(NftOperation operation) {
        if (operation instanceof NftOperation.AddTable(boolean owned)) {
            addTable(operation, owned);
            return;
        }
        FakeNftTable table = kernel.table(transaction.table());
        if (table == null) {
            throw refusal(operation, Errno.ENOENT, "no such table");
        }
        if (table.isOwnedByOther(socket)) {
            throw refusal(operation, Errno.EPERM, "another socket owns the table");
        }
        switch (operation) {
            case NftOperation.AddTable _ -> throw new AssertionError("handled above");
            case NftOperation.DeleteTable _ -> {
                kernel.tables().remove(table.id());
                undo.push(() -> kernel.tables().put(table.id(), table));
            }
            case NftOperation.AddChain add -> addChain(table, add);
            case NftOperation.DeleteChain delete -> deleteChain(table, delete);
            case NftOperation.ReplaceRules replace -> replaceRules(table, replace);
            case NftOperation.AddSet add -> addSet(table, add);
            case NftOperation.DeleteSet delete -> deleteSet(table, delete);
            case NftOperation.Elements run -> elements(table, run);
        }
    }

    private void addTable(NftOperation operation, boolean owned) {
        FakeNftTable table = kernel.table(transaction.table());
        if (owned && !kernel.hasOwnedPersistentTables()) {
            throw refusal(operation, Errno.EOPNOTSUPP, "this kernel has no owned persistent tables");
        }
        if (table == null) {
            FakeNftTable added = new FakeNftTable(transaction.table(), owned ? socket : FakeNftTable.NOBODY);
            kernel.tables().put(added.id(), added);
            undo.push(() -> kernel.tables().remove(added.id()));
        } else if (table.isOwnedByOther(socket)) {
            throw refusal(operation, Errno.EPERM, "another socket owns the table");
        } else if (owned && table.isOrphan()) {
            table.setOwner(socket);
            undo.push(() -> table.setOwner(FakeNftTable.NOBODY));
        } else if (owned != table.isPersistent()) {
            // nf_tables_updtable: a table does not become owned or persistent, nor does it stop being so.
            throw refusal(operation, Errno.EOPNOTSUPP, "the table exists with other flags");
        }
    }

    private void addChain(FakeNftTable table, NftOperation.AddChain add) {
        NftChain declaration = add.chain();
        NftChain.Base base = declaration.base();
        if (base != null
                && base.type() == NftChain.Type.NAT
                && (base.hook() == NftHook.FORWARD || base.priority() <= CONNTRACK_PRIORITY)) {
            throw refusal(add, Errno.EOPNOTSUPP, "no nat chain at this hook and priority");
        }
        FakeNftChain existing = table.chains().get(declaration.name());
        if (existing != null) {
            compareBases(add, existing.declaration().base(), base);
            return;
        }
        table.chains().put(declaration.name(), new FakeNftChain(declaration, kernel.nextChainSequence()));
        undo.push(() -> table.chains().remove(declaration.name()));
        pathsChanged |= base != null;
    }

    /** nf_tables_updchain: adding a chain without a hook says nothing about the hook of an existing one. */
    private void compareBases(NftOperation add, NftChain.@Nullable Base existing, NftChain.@Nullable Base base) {
        if (base == null || base.equals(existing)) {
            return;
        }
        boolean otherType = existing != null && existing.type() != base.type();
        throw refusal(add, otherType ? Errno.EEXIST : Errno.EOPNOTSUPP, "the chain exists with another hook");
    }

    private void deleteChain(FakeNftTable table, NftOperation.DeleteChain delete) {
        FakeNftChain chain = chain(table, delete, delete.chain());
        setRules(table, chain, List.of());
        if (chain.isUsed()) {
            throw refusal(delete, Errno.EBUSY, "rules or elements lead to the chain");
        }
        table.chains().remove(chain.name());
        undo.push(() -> table.chains().put(chain.name(), chain));
    }

    private void replaceRules(FakeNftTable table, NftOperation.ReplaceRules replace) {
        FakeNftChain chain = chain(table, replace, replace.chain());
        for (int i = 0; i < replace.rules().size(); i++) {
            int number = i + 1;
            new FakeNftRuleLaw(table, (errno, reason) -> refusal(replace, errno, "rule " + number + ": " + reason))
                    .check(replace.rules().get(i));
        }
        setRules(table, chain, replace.rules());
        pathsChanged |= !replace.rules().isEmpty();
    }

    private void setRules(FakeNftTable table, FakeNftChain chain, List<NftRule> rules) {
        List<NftRule> before = chain.rules();
        exchangeRules(table, chain, rules);
        undo.push(() -> exchangeRules(table, chain, before));
    }

    private static void exchangeRules(FakeNftTable table, FakeNftChain chain, List<NftRule> rules) {
        chain.rules().forEach(rule -> table.countReferences(rule, -1));
        rules.forEach(rule -> table.countReferences(rule, 1));
        chain.setRules(rules);
    }

    private void addSet(FakeNftTable table, NftOperation.AddSet add) {
        NftSet declaration = add.set();
        if (declaration.keyLength() == 0
                || declaration.keyLength() > VALUE_BYTES_MAX
                || declaration.dataLength() > VALUE_BYTES_MAX
                || (declaration.verdicts() && !declaration.data().isEmpty())
                || declaration.size() < 0) {
            throw refusal(add, Errno.EINVAL, "no such key, value or size is possible");
        }
        FakeNftSet existing = table.sets().get(declaration.name());
        if (existing == null) {
            table.sets().put(declaration.name(), new FakeNftSet(declaration));
            undo.push(() -> table.sets().remove(declaration.name()));
            return;
        }
        NftSet before = existing.declaration();
        NftSet resized = new NftSet(
                before.name(), before.key(), before.data(), before.verdicts(), before.dynamic(), declaration.size());
        if (!resized.equals(declaration)) {
            throw refusal(add, Errno.EEXIST, "the set exists with another type");
        }
        if (declaration.size() != 0) {
            existing.resize(resized);
            undo.push(() -> existing.resize(before));
        }
    }

    private void deleteSet(FakeNftTable table, NftOperation.DeleteSet delete) {
        FakeNftSet set = set(table, delete, delete.set());
        if (set.isUsed()) {
            throw refusal(delete, Errno.EBUSY, "a rule uses the set");
        }
        countTargets(table, set, -1);
        table.sets().remove(delete.set());
        undo.push(() -> {
            table.sets().put(delete.set(), set);
            countTargets(table, set, 1);
        });
    }

    private static void countTargets(FakeNftTable table, FakeNftSet set, int sign) {
        set.targets().forEach((chain, count) -> table.referredChain(chain).addUses(sign * count));
    }

    private void elements(FakeNftTable table, NftOperation.Elements run) {
        FakeNftSet set = set(table, run, run.set().name());
        NftElements elements = run.elements();
        boolean valuesFit = run.delete()
                || (elements.valueLength() == set.declaration().valueLength()
                        && run.set().verdicts() == set.declaration().verdicts());
        if (elements.keyLength() != set.declaration().keyLength() || !valuesFit) {
            throw refusal(run, Errno.EINVAL, "keys or values have another length than those of the set");
        }
        for (int i = 0; i < elements.count(); i++) {
            NftData key = bytes(elements, elements.keyOffset(i), elements.keyLength());
            if (run.delete()) {
                deleteElement(table, set, run, key);
            } else {
                addElement(table, set, run, key, element(table, run, i));
            }
        }
    }

    private FakeNftElement element(FakeNftTable table, NftOperation.Elements run, int index) {
        NftElements elements = run.elements();
        int offset = elements.valueOffset(index);
        if (!run.set().verdicts()) {
            return FakeNftElement.of(bytes(elements, offset, elements.valueLength()));
        }
        NftVerdict verdict = transaction.verdicts().verdict(elements.verdictNumber(index));
        FakeNftRuleLaw.checkTarget(table, verdict, (errno, reason) -> refusal(run, errno, reason));
        return FakeNftElement.of(verdict);
    }

    private static NftData bytes(NftElements elements, int offset, int length) {
        return NftData.of(Arrays.copyOfRange(elements.buffer(), offset, offset + length));
    }

    private void addElement(
            FakeNftTable table, FakeNftSet set, NftOperation.Elements run, NftData key, FakeNftElement element) {
        FakeNftElement existing = set.find(key, now);
        if (existing != null) {
            if (!existing.saysTheSame(element)) {
                throw refusal(run, Errno.EEXIST, "key " + key + " exists with another value");
            }
            return;
        }
        if (set.isFull(0, now)) {
            throw refusal(run, Errno.ENFILE, "it holds " + set.elements().size() + " elements");
        }
        pathsChanged |= table.put(set, key, element);
        undo.push(() -> table.remove(set, key));
    }

    private void deleteElement(FakeNftTable table, FakeNftSet set, NftOperation.Elements run, NftData key) {
        FakeNftElement existing = set.find(key, now);
        if (existing == null) {
            throw refusal(run, Errno.ENOENT, "no key " + key);
        }
        table.remove(set, key);
        undo.push(() -> table.put(set, key, existing));
    }

    private FakeNftChain chain(FakeNftTable table, NftOperation operation, String name) {
        FakeNftChain chain = table.chains().get(name);
        if (chain == null) {
            throw refusal(operation, Errno.ENOENT, "no such chain");
        }
        return chain;
    }

    private FakeNftSet set(FakeNftTable table, NftOperation operation, String name) {
        FakeNftSet set = table.sets().get(name);
        if (set == null) {
            throw refusal(operation, Errno.ENOENT, "no such set");
        }
        return set;
    }

    private KernelException refusal(NftOperation operation, int errno, String reason) {
        return operation.refusal(transaction.table(), errno, reason);
    }
}
