package io.fairlead.lab.hollow;

import io.fairlead.lab.kube.ApiAccess;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A hollow cluster that lives for a while: it is made, then changes at its rate.
 *
 * <p>Confined to the thread that runs it.
 */
public final class HollowRun {

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long REPORT_NANOS = 5 * NANOS_PER_SECOND;
    /** Changes that are due are made together; so often is looked. */
    private static final long PAUSE_NANOS_MIN = 1_000_000;

    private static final long PAUSE_NANOS_MAX = 100_000_000;

    private final HollowShape shape;
    private final int changesPerSecond;
    private final Duration duration;
    private final Consumer<String> lines;

    /**
     * @param changesPerSecond 0 for a cluster in which nothing happens
     * @param lines takes what is worth telling, a line each
     */
    public HollowRun(HollowShape shape, int changesPerSecond, Duration duration, Consumer<String> lines) {
        this.shape = shape;
        this.changesPerSecond = changesPerSecond;
        this.duration = duration;
        this.lines = lines;
    }

    /** @throws IllegalArgumentException if a shape does not fit the address plan */
    public static void check(HollowShape shape) {
        new HollowAddresses(shape);
    }

    /** Serves it over plain HTTP, to the end. */
    public void serve(InetSocketAddress address) {
        HollowCluster cluster = new HollowCluster(shape);
        try (HollowServer server = HollowServer.start(cluster, address)) {
            serve(cluster, server, server.url());
        }
    }

    /**
     * Serves it over TLS and HTTP/2, to the end.
     *
     * @param folder where to write {@code kubeconfig} and what it names
     */
    public void serve(InetSocketAddress address, Path folder) {
        HollowCluster cluster = new HollowCluster(shape);
        try (SecureHollow secure = SecureHollow.start(cluster, address, folder)) {
            serve(cluster, secure.server(), secure.kubeconfig().toString());
        }
    }

    private void serve(HollowCluster cluster, HollowServer server, String where) {
        lines.accept("serving " + shape.services() + " Services with " + cluster.endpoints() + " endpoints on "
                + shape.nodes() + " Nodes at " + where);
        change(cluster, server::apply, () -> {
            HollowServer.Counts counts = server.counts();
            return counts.connections() + " connections, " + counts.lists() + " lists, " + counts.watches()
                    + " watches, " + counts.eventsPosted() + " Events";
        });
    }

    /** Writes it into a real API server, to the end. */
    public void write(Path kubeconfig) {
        ApiAccess access = ApiAccess.ofKubeconfig(kubeconfig);
        HollowCluster cluster = new HollowCluster(shape);
        try (ApiFiller filler = ApiFiller.start(access)) {
            long start = System.nanoTime();
            filler.fill(cluster);
            lines.accept(String.format(
                    Locale.ROOT,
                    "wrote %d objects to %s in %.1f s",
                    filler.written(),
                    access,
                    (System.nanoTime() - start) / (double) NANOS_PER_SECOND));
            change(cluster, changes -> changes.forEach(filler::write), () -> filler.written() + " objects written");
            filler.await();
        }
    }

    private void change(HollowCluster cluster, Consumer<List<HollowChange>> target, Supplier<String> more) {
        long start = System.nanoTime();
        long end = start + duration.toNanos();
        long reported = start;
        long changes = 0;
        for (long now = start; now - end < 0; now = System.nanoTime()) {
            long due = (now - start) / NANOS_PER_SECOND * changesPerSecond
                    + (now - start) % NANOS_PER_SECOND * changesPerSecond / NANOS_PER_SECOND;
            for (; changes < due; changes++) {
                target.accept(cluster.next(Instant.now()).changes());
            }
            if (now - reported >= REPORT_NANOS) {
                reported = now;
                lines.accept(shape.services() + " Services, " + cluster.endpoints() + " endpoints, " + changes
                        + " changes, " + more.get());
            }
            long pause = NANOS_PER_SECOND / Math.max(1, changesPerSecond);
            LockSupport.parkNanos(Math.clamp(pause, PAUSE_NANOS_MIN, PAUSE_NANOS_MAX));
        }
    }
}
