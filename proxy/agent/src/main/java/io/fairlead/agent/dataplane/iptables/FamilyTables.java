package io.fairlead.agent.dataplane.iptables;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.iptables.Iptables;
import io.fairlead.kernel.iptables.IptablesRule;
import io.fairlead.kernel.iptables.IptablesRuleset;
import io.fairlead.kernel.iptables.IptablesTransaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tables of one family: desired against observed, and the synchronisation of the two.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class FamilyTables {

    /** So often is tried in one step to find out what is refused. */
    private static final int TRANSACTIONS_MAX = 64;

    private final Iptables iptables;
    private final IpFamily family;
    private final boolean dropsInvalid;
    private final Table nat = new Table("nat");
    private final Table filter = new Table("filter");
    private final Table raw = new Table("raw");
    private final Translation translation;
    private final Refusal refusal;

    private NodeSettings settings;
    private final boolean foundLoopbackGuard;
    /** Rules of an earlier run serve, until the first step is over. */
    private boolean serves;

    private boolean settingsDesired;
    private final List<SyncResult.Failure> failures = new ArrayList<>();
    private int transactions;
    private int chains;

    /**
     * Reads back what an earlier run left.
     *
     * @param settings that hold for the life of this object, but for the addresses of NodePorts
     */
    FamilyTables(Iptables iptables, IpFamily family, boolean dropsInvalid, NodeSettings settings) {
        this.iptables = iptables;
        this.family = family;
        this.dropsInvalid = dropsInvalid;
        this.settings = settings;
        this.translation = new Translation(nat, family, settings);
        this.refusal = new Refusal(filter, family);
        observe();
        this.foundLoopbackGuard = raw.isFound();
        this.serves = nat.isFound();
    }

    private void observe() {
        IptablesRuleset ruleset = iptables.read(List.of(raw.name(), filter.name(), nat.name()));
        raw.observe(ruleset);
        filter.observe(ruleset);
        nat.observe(ruleset);
    }

    /** Whether an earlier run left the guard of the loopback network. */
    boolean foundLoopbackGuard() {
        return foundLoopbackGuard;
    }

    /** Whether the guard of the loopback network is wanted and in the kernel. */
    boolean guardsLoopback() {
        return raw.stands(Names.LOOPBACK);
    }

    /** Applies changes of Services and settings, and whatever is still pending. */
    SyncResult apply(List<ServiceChange> changes, NodeSettings newSettings) {
        failures.clear();
        transactions = 0;
        chains = 0;
        if (!settingsDesired || !newSettings.equals(settings)) {
            settings = newSettings;
            settingsDesired = true;
            BaseChains base = new BaseChains(family, settings);
            base.wantRaw(raw);
            base.wantFilter(filter, dropsInvalid);
            base.wantNat(nat);
        }
        attempt(changes.stream().filter(this::touches).toList());
        return new SyncResult(transactions, chains, failures);
    }

    private boolean touches(ServiceChange change) {
        return !change.before().healthCheck().equals(change.after().healthCheck())
                || change.before().ports().stream().anyMatch(port -> port.family() == family)
                || change.after().ports().stream().anyMatch(port -> port.family() == family);
    }

    /**
     * All at once; if the tool refuses that, by halves: what is refused stands alone then, and everything else is applied.
     * What is common to all Services goes first then, since without it nothing else can. Whatever else went wrong, locks of
     * others for example, may go right the next time.
     */
    private void attempt(List<ServiceChange> changes) {
        Optional<KernelException> refused = send(changes);
        boolean judged = refused.filter(reason -> reason.errno() == 0).isPresent();
        if (judged && !changes.isEmpty()) {
            if (serves) {
                refused = send(accepted(changes));
            } else {
                refused = send(List.of());
                if (refused.isEmpty()) {
                    attemptHalves(changes);
                }
            }
        }
        serves = false;
        refused.ifPresent(reason -> fail(List.of(), reason));
    }

    /**
     * Those Services whose own chains are not refused, found out while the rules of an earlier run still serve: nothing
     * leads to new chains yet, and of old ones only the backends change.
     */
    private List<ServiceChange> accepted(List<ServiceChange> changes) {
        List<ServiceChange> accepted = new ArrayList<>();
        tryChains(changes, accepted);
        observe();
        return accepted;
    }

    private void tryChains(List<ServiceChange> changes, List<ServiceChange> accepted) {
        IptablesTransaction transaction = new IptablesTransaction().table(nat.name());
        Map<String, List<IptablesRule>> own = new LinkedHashMap<>();
        for (ServiceChange change : changes) {
            change.after().ports().stream()
                    .filter(port -> port.family() == family)
                    .forEach(port -> own.putAll(PortChains.of(port, settings)));
        }
        own.keySet().forEach(transaction::chain);
        own.forEach(transaction::append);
        transactions++;
        try {
            iptables.apply(transaction);
            accepted.addAll(changes);
        } catch (KernelException refused) {
            int half = changes.size() / 2;
            if (half > 0 && transactions < TRANSACTIONS_MAX) {
                tryChains(changes.subList(0, half), accepted);
                tryChains(changes.subList(half, changes.size()), accepted);
            } else {
                fail(changes, refused);
            }
        }
    }

    private void attemptHalves(List<ServiceChange> changes) {
        Optional<KernelException> refused = send(changes);
        int half = changes.size() / 2;
        if (refused.isPresent() && half > 0 && transactions < TRANSACTIONS_MAX) {
            attemptHalves(changes.subList(0, half));
            attemptHalves(changes.subList(half, changes.size()));
        } else {
            refused.ifPresent(reason -> fail(changes, reason));
        }
    }

    private void fail(List<ServiceChange> changes, KernelException refused) {
        String reason = String.valueOf(refused.getMessage());
        if (changes.isEmpty()) {
            failures.add(new SyncResult.Failure(family, Optional.empty(), reason));
        }
        for (ServiceChange change : changes) {
            Optional<FrontendKey> frontend = change.after().ports().stream()
                    .filter(port -> port.family() == family)
                    .flatMap(port -> port.frontends().stream())
                    .map(Frontend::key)
                    .findFirst();
            failures.add(new SyncResult.Failure(family, frontend, reason));
        }
    }

    private void desire(List<ServiceChange> changes) {
        translation.change(changes);
        refusal.arrive(changes);
        refusal.depart(changes);
    }

    /** Changes the kernel; if it refuses, everything is wanted as it was before. */
    private Optional<KernelException> send(List<ServiceChange> changes) {
        IptablesTransaction transaction = new IptablesTransaction();
        translation.change(changes);
        refusal.arrive(changes);
        for (Table table : List.of(raw, filter, nat)) {
            write(table, transaction);
        }
        refusal.depart(changes);
        write(filter, transaction);
        if (transaction.isEmpty()) {
            return Optional.empty();
        }
        transactions++;
        try {
            iptables.apply(transaction);
            List.of(raw, filter, nat).forEach(Table::settled);
            return Optional.empty();
        } catch (KernelException refused) {
            // Of several tables some may have been changed; of a transaction whose answer was lost all.
            observe();
            desire(changes.stream().map(ServiceChange::reversed).toList());
            return Optional.of(refused);
        }
    }

    private void write(Table table, IptablesTransaction transaction) {
        if (!table.isClean()) {
            chains += table.changes();
            table.write(transaction);
            table.written();
        }
    }

    /** Removes all chains of ours, and what leads to them. */
    static boolean cleanup(Iptables iptables) {
        List<Table> tables = List.of(new Table("nat"), new Table("filter"), new Table("raw"));
        IptablesRuleset ruleset = iptables.read(tables.stream().map(Table::name).toList());
        IptablesTransaction transaction = new IptablesTransaction();
        boolean found = false;
        for (Table table : tables) {
            table.observe(ruleset);
            if (table.isFound()) {
                table.write(transaction);
                found = true;
            }
        }
        if (found) {
            iptables.apply(transaction);
        }
        return found;
    }
}
