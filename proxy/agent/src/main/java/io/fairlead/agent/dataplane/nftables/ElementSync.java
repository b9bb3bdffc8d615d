package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.kernel.DeltaTracker;
import io.fairlead.kernel.DeltaTracker.Pending;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTransaction;
import io.fairlead.kernel.nft.NftVerdicts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One synchronisation: sends structure and elements in an order in which no packet ever meets half a frontend.
 *
 * <p>Concurrency with packets: the kernel applies a transaction at once, but a large change takes several. Therefore
 * backends come before the frontends that use them and leave after them; any cut between transactions is then a valid
 * state, and a small change is one transaction anyway.
 *
 * <p>Refusals: a refused transaction is halved until the refused element stands alone. It stays pending, its frontend
 * is held back in its last state, everything else is applied.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class ElementSync {

    /** Most elements in one transaction: the kernel holds its nf_tables lock for a few tens of milliseconds. */
    private static final int ELEMENTS_MAX = 16_384;

    /** A kernel that refuses this often refuses everything: give up until the retry. */
    private static final int REFUSALS_MAX = 64;

    /** Elements of one set of which these kinds of change are due. */
    record Pass(TrackedSet target, EnumSet<Pending> kinds) {}

    private final Nft nft;
    private final Layout layout;
    private final Structure structure;
    private final NftVerdicts verdicts;
    private final Keys keys;

    private final List<SyncResult.Failure> failures = new ArrayList<>();
    /** Frontends of which an element was refused. */
    private final Set<FrontendKey> held = new HashSet<>();

    private boolean structureRefused;
    private int refusals;
    private int transactions;
    private int applied;

    private TrackedSet[] sets = new TrackedSet[64];
    private int[] slots = new int[64];
    private int size;

    ElementSync(Nft nft, Layout layout, Structure structure, NftVerdicts verdicts, Keys keys) {
        this.nft = nft;
        this.layout = layout;
        this.structure = structure;
        this.verdicts = verdicts;
        this.keys = keys;
    }

    /** How the table itself is to be treated before anything else. */
    enum TableStep {
        /** It is ours and as it should be. */
        NONE,
        /** It is to be created, or taken over. */
        CLAIM,
        /** It has another layout: it is replaced, with all elements in the same transaction. */
        REPLACE
    }

    /**
     * Sends what is pending.
     *
     * @param owned whether the table is claimed as owned and persistent
     */
    SyncResult run(TableStep step, boolean owned, List<Pass> passes) {
        passes.forEach(this::collect);
        int max = step == TableStep.REPLACE ? Integer.MAX_VALUE : ELEMENTS_MAX;
        int sent = Math.min(size, max);
        NftTransaction first = new NftTransaction(layout.table, verdicts);
        writeTable(step, owned, first);
        structure.writeAdditions(first);
        boolean[] included = write(first, 0, sent);
        if (!first.isEmpty() && !send(first)) {
            if (step == TableStep.REPLACE) {
                return result();
            }
            // What is at fault is refused again, on its own.
            failures.clear();
            if (!sendStructureAlone(step, owned)) {
                return result();
            }
            sendHalved(0, sent);
        } else {
            structure.additionsApplied();
            settle(0, sent, included);
        }
        while (sent < size && refusals < REFUSALS_MAX) {
            int next = sent + Math.min(size - sent, max);
            sendHalved(sent, next);
            sent = next;
        }
        if (refusals >= REFUSALS_MAX) {
            failures.add(new SyncResult.Failure(
                    layout.family, Optional.empty(), "refused too often, the rest waits for the retry"));
        }
        removeStructure();
        return result();
    }

    private SyncResult result() {
        return new SyncResult(transactions, applied, failures);
    }

    private static void writeTable(TableStep step, boolean owned, NftTransaction transaction) {
        switch (step) {
            case NONE -> {}
            case CLAIM -> transaction.addTable(owned);
            case REPLACE -> transaction.deleteTable().addTable(owned);
        }
    }

    private void collect(Pass pass) {
        DeltaTracker tracker = pass.target.tracker();
        for (int place = 0; place < tracker.queued(); place++) {
            int slot = tracker.queuedSlot(place);
            if (pass.kinds.contains(tracker.pending(slot))) {
                collect(pass.target, slot);
            }
        }
    }

    private void collect(TrackedSet set, int slot) {
        if (size == slots.length) {
            sets = Arrays.copyOf(sets, size * 2);
            slots = Arrays.copyOf(slots, size * 2);
        }
        sets[size] = set;
        slots[size++] = slot;
    }

    /** Table and structure without elements; after a refusal each piece on its own. */
    private boolean sendStructureAlone(TableStep step, boolean owned) {
        NftTransaction table = new NftTransaction(layout.table, verdicts);
        writeTable(step, owned, table);
        if (!table.isEmpty() && !send(table)) {
            return false;
        }
        for (Structure.Piece piece : structure.additions()) {
            NftTransaction alone = new NftTransaction(layout.table, verdicts);
            piece.write(alone);
            if (alone.isEmpty() || send(alone)) {
                piece.applied();
            } else {
                structureRefused = true;
            }
        }
        return true;
    }

    /** Sends a range of elements, in halves if it is refused. */
    private void sendHalved(int from, int to) {
        if (refusals >= REFUSALS_MAX) {
            return;
        }
        NftTransaction transaction = new NftTransaction(layout.table, verdicts);
        boolean[] included = write(transaction, from, to);
        if (transaction.isEmpty()) {
            return;
        }
        int failuresBefore = failures.size();
        if (send(transaction)) {
            settle(from, to, included);
        } else if (to - from == 1) {
            blame(from, failuresBefore);
        } else {
            // The reason is named by the element that is refused alone.
            failures.subList(failuresBefore, failures.size()).clear();
            int middle = (from + to) / 2;
            sendHalved(from, middle);
            sendHalved(middle, to);
        }
    }

    private void blame(int op, int failure) {
        Optional<FrontendKey> frontend = frontend(op);
        frontend.ifPresent(held::add);
        String reason = failures.get(failure).reason();
        failures.set(failure, new SyncResult.Failure(layout.family, frontend, reason));
    }

    /** The frontend that an element's key begins with, where keys do. */
    private Optional<FrontendKey> frontend(int op) {
        NftSet set = sets[op].set();
        if (set.keyLength() < keys.frontendBytes() || set.equals(layout.hairpins)) {
            return Optional.empty();
        }
        byte[] key = new byte[set.keyLength()];
        sets[op].tracker().read(slots[op], key, new byte[set.dataLength()]);
        return Optional.of(Keys.readFrontend(key, layout.family.addressBytes()));
    }

    /** Writes a range of elements; of neighbours that are replaced, all old values leave first. */
    private boolean[] write(NftTransaction transaction, int from, int to) {
        boolean[] included = new boolean[to - from];
        int start = from;
        while (start < to) {
            TrackedSet set = sets[start];
            Pending kind = set.tracker().pending(slots[start]);
            int end = start + 1;
            while (end < to && sets[end] == set && set.tracker().pending(slots[end]) == kind) {
                end++;
            }
            writeRun(transaction, set, kind, start, end, included, from);
            start = end;
        }
        return included;
    }

    private void writeRun(
            NftTransaction transaction,
            TrackedSet set,
            Pending kind,
            int start,
            int end,
            boolean[] included,
            int base) {
        byte[] key = new byte[set.set().keyLength()];
        byte[] value = new byte[set.set().dataLength()];
        if (kind == Pending.REPLACE || kind == Pending.DELETE) {
            for (int op = start; op < end; op++) {
                set.tracker().read(slots[op], key, value);
                included[op - base] = mayGo(op, set, kind, value);
                if (included[op - base]) {
                    transaction.deleteElement(set.set(), key);
                }
            }
        }
        if (kind == Pending.REPLACE || kind == Pending.ADD) {
            for (int op = start; op < end; op++) {
                set.tracker().read(slots[op], key, value);
                included[op - base] = mayGo(op, set, kind, value);
                if (included[op - base]) {
                    transaction.addElement(set.set(), key, value);
                }
            }
        }
    }

    /** Whether nothing that this element needs was refused. */
    private boolean mayGo(int op, TrackedSet set, Pending kind, byte[] value) {
        if (kind == Pending.NONE) {
            return false;
        }
        if (structureRefused && set.routes() && kind != Pending.DELETE) {
            NftSet chains = set.set().equals(layout.services) ? layout.routes : layout.picks;
            if (!structure.routeObserved(new Structure.Route(chains, Keys.readHostInt(value, 0)))) {
                frontend(op).ifPresent(held::add);
                return false;
            }
        }
        return held.isEmpty() || frontend(op).filter(held::contains).isEmpty();
    }

    private void settle(int from, int to, boolean[] included) {
        for (int op = from; op < to; op++) {
            if (included[op - from]) {
                sets[op].tracker().applied(slots[op]);
                applied++;
            }
        }
    }

    private void removeStructure() {
        if (!structure.hasRemovals() || !failures.isEmpty()) {
            return;
        }
        NftTransaction removal = new NftTransaction(layout.table, verdicts);
        structure.writeRemovals(removal, keys);
        if (removal.isEmpty() || send(removal)) {
            structure.removalsApplied(verdicts);
        }
    }

    private boolean send(NftTransaction transaction) {
        transactions++;
        try {
            nft.apply(transaction);
            return true;
        } catch (KernelException e) {
            refusals++;
            failures.add(new SyncResult.Failure(layout.family, Optional.empty(), String.valueOf(e.getMessage())));
            return false;
        }
    }
}
