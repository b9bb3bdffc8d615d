package io.fairlead.lab.traffic;

import io.fairlead.lab.topology.Host;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * New connections at a steady rate for a bounded time, each with one HTTP request. Begins are scheduled ahead and do not
 * wait for answers, so that a stall shows as latency and failures and not as fewer requests.
 *
 * <p>Thread-safe.
 */
public final class TrafficLoad implements AutoCloseable {

    /**
     * What to do.
     *
     * <p>Immutable.
     *
     * @param targets HTTP Services, asked in turns
     * @param perSecond connections per second, of all clients together
     * @param duration how long connections are begun
     * @param timeout from the begin of a connection to its answer
     */
    public record Settings(List<InetSocketAddress> targets, int perSecond, Duration duration, Duration timeout) {
        public Settings {
            targets = List.copyOf(targets);
            if (targets.isEmpty() || perSecond < 1 || !duration.isPositive() || !timeout.isPositive()) {
                throw new IllegalArgumentException(
                        targets + " at " + perSecond + " per second for " + duration + ", " + timeout);
            }
        }
    }

    private final LoadCounts counts = new LoadCounts();
    private final List<LoadClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private TrafficLoad() {}

    /** Begins at once; the clients take turns. */
    public static TrafficLoad start(List<Host> clients, Settings settings) {
        TrafficLoad load = new TrafficLoad();
        for (int i = 0; i < clients.size(); i++) {
            Host host = clients.get(i);
            LoadClient client = new LoadClient(host.name(), settings, load.counts, i, clients.size());
            load.clients.add(client);
            load.threads.add(host.namespace().start("load " + host.name(), client));
        }
        return load;
    }

    /** What happened so far. */
    public LoadReport report() {
        return counts.report();
    }

    /** Waits for the end of all connections, but not longer than this; true if it came. */
    public boolean await(Duration longest) {
        long deadline = System.nanoTime() + longest.toNanos();
        try {
            for (Thread thread : threads) {
                if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Begins no more connections and waits for those under way, each at most for its time-out. */
    public LoadReport finish() {
        clients.forEach(LoadClient::stopOpening);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return report();
    }

    /** Ends it without waiting for answers. */
    @Override
    public void close() {
        clients.forEach(LoadClient::abandon);
    }
}
