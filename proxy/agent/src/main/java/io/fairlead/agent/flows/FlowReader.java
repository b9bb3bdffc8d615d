package io.fairlead.agent.flows;

import io.fairlead.kernel.conntrack.Conntrack;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Reads the flows of Services from the kernel: one listing at a time, each on a platform thread, because a long listing
 * would keep the carrier of a virtual thread from all others.
 *
 * <p>Thread-safe.
 */
public final class FlowReader {

    private static final Comparator<FlowsView.Row> ORDER =
            Comparator.comparing(FlowsView.Row::service).thenComparing(FlowsView.Row::client);

    private final Supplier<Conntrack> opener;
    private final ReentrantLock turn = new ReentrantLock();

    /** @param opener run in the thread that reads */
    public FlowReader(Supplier<Conntrack> opener) {
        this.opener = opener;
    }

    /**
     * Reads the whole table once.
     *
     * @param limit flows at most; others are only counted, so that memory does not depend on the table
     * @throws io.fairlead.kernel.KernelException if the kernel does not give them
     */
    public FlowsView read(ServiceFlows flows, int limit) {
        turn.lock();
        try {
            return CompletableFuture.supplyAsync(
                            () -> list(flows, limit),
                            task -> Thread.ofPlatform().daemon().name("flows").start(task))
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } finally {
            turn.unlock();
        }
    }

    private FlowsView list(ServiceFlows flows, int limit) {
        List<FlowsView.Row> rows = new ArrayList<>();
        long[] more = new long[1];
        try (Conntrack conntrack = opener.get()) {
            conntrack.readAll(entry -> flows.port(entry).ifPresent(port -> {
                if (rows.size() < limit) {
                    rows.add(ServiceFlows.row(entry, port));
                } else {
                    more[0]++;
                }
            }));
        }
        rows.sort(ORDER);
        return new FlowsView(rows, more[0]);
    }
}
