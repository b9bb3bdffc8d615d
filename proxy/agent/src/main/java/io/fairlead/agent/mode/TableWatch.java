package io.fairlead.agent.mode;

import io.fairlead.agent.dataplane.iptables.IptablesDataplane;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.iptables.IptablesTools.Flavour;
import io.fairlead.kernel.iptables.LegacyTable;
import io.fairlead.kernel.iptables.LegacyTables;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftRuleset;
import io.fairlead.kernel.nft.NftTable;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Looks from time to time whether somebody else has changed the tables that our chains are in: how many rules they hold
 * (legacy), or how many the canary and the built-in chains hold (nft). Costs the same for any number of Services.
 *
 * <p>Thread-safe.
 */
final class TableWatch {

    private static final Logger LOG = System.getLogger(TableWatch.class.getName());

    static final List<String> TABLES = List.of("nat", "filter");
    /** In each of these tables of ours. */
    static final String CANARY = IptablesDataplane.CANARY;

    private static final List<String> CHAINS =
            List.of(CANARY, "PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING");

    private final Flavour flavour;
    private final Duration period;
    private List<Object> expected = List.of();

    TableWatch(Flavour flavour, Duration period) {
        this.flavour = flavour;
        this.period = period;
    }

    /** What is there now is as it should be. */
    void remember() {
        List<Object> now = look();
        synchronized (this) {
            expected = now;
        }
    }

    private synchronized boolean isExpected(List<Object> now) {
        return expected.isEmpty() || expected.equals(now);
    }

    /** Looks until it is told to end. */
    Runnable start(Runnable onForeignChange) {
        CountDownLatch end = new CountDownLatch(1);
        Thread.ofPlatform().daemon().name("iptables-watch").start(() -> run(end, onForeignChange));
        return end::countDown;
    }

    private void run(CountDownLatch end, Runnable onForeignChange) {
        while (true) {
            try {
                if (end.await(period.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                // The loop may be between a change and remembering it; then it compares once for nothing.
                if (!isExpected(look())) {
                    onForeignChange.run();
                }
            } catch (InterruptedException e) {
                return;
            } catch (KernelException e) {
                LOG.log(Level.WARNING, "cannot look for changes of iptables: {0}", e.getMessage());
            }
        }
    }

    private List<Object> look() {
        List<Object> found = new ArrayList<>();
        if (flavour == Flavour.LEGACY) {
            LegacyTables legacy = new LegacyTables();
            for (LegacyTable.Family family : LegacyTable.Family.values()) {
                TABLES.forEach(table -> found.add(legacy.size(family, table)));
            }
            return found;
        }
        try (NftRuleset nft = NftRuleset.open()) {
            for (NftFamily family : NftFamily.values()) {
                for (String table : TABLES) {
                    CHAINS.forEach(chain -> found.add(nft.chain(new NftTable(family, table), chain)));
                }
            }
        }
        return found;
    }
}
