package io.fairlead.bench.look;

import io.fairlead.kernel.iptables.LegacyTable.Family;
import io.fairlead.kernel.iptables.LegacyTables;
import io.fairlead.kernel.netns.NetNs;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sees how many rules table nat of the older iptables interface has. It tells nobody of changes, so it is asked each
 * millisecond, which costs as much for any number of rules.
 *
 * <p>Confined to one thread.
 */
public final class LegacyWatch {

    private static final long POLL_NANOS = 1_000_000;

    private final NetNs namespace;
    private final LegacyTables tables = new LegacyTables();

    public LegacyWatch(NetNs namespace) {
        this.namespace = namespace;
    }

    /** How many there are now. */
    public int rules() {
        return namespace.run(() ->
                tables.size(Family.IPV4, "nat").map(LegacyTables.Size::rules).orElse(0));
    }

    /** Waits until there are more or fewer; false if it takes longer. */
    public boolean awaitOther(int rules, long millisMax) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millisMax);
        while (rules() == rules) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    /** Waits until there were as many for so long. */
    public void awaitQuiet(long millis) {
        int seen = rules();
        long since = System.nanoTime();
        while (System.nanoTime() - since < TimeUnit.MILLISECONDS.toNanos(millis)) {
            LockSupport.parkNanos(POLL_NANOS);
            int now = rules();
            if (now != seen) {
                seen = now;
                since = System.nanoTime();
            }
        }
    }
}
