package io.fairlead.bench;

import io.fairlead.bench.chart.BarChart;
import io.fairlead.bench.look.KernelWatch;
import io.fairlead.bench.process.Samples;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.lab.hollow.HollowCluster;
import io.fairlead.lab.hollow.HollowServer;
import io.fairlead.lab.hollow.HollowShape;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Ten minutes of a large hollow cluster in which a lot happens: whether memory stays, how far the kernel is behind, and
 * whether it has the right thing at the end.
 *
 * <p>Confined to the main thread.
 */
final class HollowSoak implements Benchmark {

    /**
     * How much.
     *
     * <p>Immutable.
     */
    private record Size(HollowShape shape, int changesPerSecond, int seconds, int heapMegabytes) {}

    private static final Size LARGE = new Size(new HollowShape(10_000, 25, 80, 50, false, 0, 7), 200, 600, 320);
    private static final Size TINY = new Size(HollowShape.of(50, 5, 4, 7), 100, 2, 96);

    private static final double LAG_MILLIS_MAX = 50;
    private static final double GROWTH_MAX = 1.05;

    private static final int FIFTHS = 5;
    private static final int LOOKS_PER_FIFTH = 12;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long CATCH_UP_MILLIS_MAX = 10_000;

    @Override
    public String name() {
        return "hollow-soak";
    }

    @Override
    public String summary() {
        return "10,000 Services, 250,000 endpoints, 200 changes/s for ten minutes from a hollow cluster";
    }

    @Override
    public List<Row> run(Plan plan) {
        Size size = plan.tiny() ? TINY : LARGE;
        HollowCluster cluster = new HollowCluster(size.shape);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8001);
        try (AotCache cache = AotCache.record(plan);
                TemporaryFiles files = TemporaryFiles.create();
                NetNs namespace = NetNs.anonymous()) {
            try (Child loopback = Child.start(namespace, List.of("ip", "link", "set", "lo", "up"))) {
                loopback.join(10);
            }
            Jvm jvm = plan.jvm(size.heapMegabytes).with(cache.cache());
            try (HollowServer server = namespace.run(() -> HollowServer.start(cluster, address))) {
                List<String> source = List.of("--master", server.url());
                var place = new NodeProxy.Place(namespace, "hollow-1", source, files.directory());
                List<Row> rows = new ArrayList<>();
                try (NodeProxy agent = NodeProxy.fairlead(jvm, place)) {
                    agent.awaitReady();
                    rows.addAll(new Run(size, cluster, server, agent).rows());
                }
                rows.add(Row.single(
                        "elements that differ from a fresh plan", NodeProxy.differenceOnce(jvm, place), "", 0));
                return rows;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** One run. Confined to the main thread. */
    private static final class Run {
        private final Size size;
        private final HollowCluster cluster;
        private final HollowServer server;
        private final NodeProxy agent;
        private final Samples lags = new Samples();
        private final List<Double> resident = new ArrayList<>();
        private long changes;
        private long late;

        Run(Size size, HollowCluster cluster, HollowServer server, NodeProxy agent) {
            this.size = size;
            this.cluster = cluster;
            this.server = server;
            this.agent = agent;
        }

        List<Row> rows() throws InterruptedException {
            // Not in between: who asks for a collection needs a processor of its own for a second.
            double liveAtFirst = agent.liveHeapMegabytes();
            double cpuBefore = agent.look().cpuSeconds();
            try (KernelWatch watch = KernelWatch.in(agent.place().namespace())) {
                churn(watch);
                watch.awaitExpected(CATCH_UP_MILLIS_MAX);
                double cpu = agent.look().cpuSeconds() - cpuBefore;
                return rows(watch, cpu, liveAtFirst);
            }
        }

        private void churn(KernelWatch watch) {
            long start = System.nanoTime();
            long all = (long) size.seconds * size.changesPerSecond;
            long lookEach = Math.max(1, all / (FIFTHS * LOOKS_PER_FIFTH));
            for (; changes < all; changes++) {
                long due = start + changes * NANOS_PER_SECOND / size.changesPerSecond;
                long early = due - System.nanoTime();
                if (early > 0) {
                    LockSupport.parkNanos(early);
                } else {
                    late = Math.max(late, -early);
                }
                HollowCluster.Happening happening = cluster.next(Instant.now());
                happening.leaving().forEach(watch::forget);
                long told = System.nanoTime();
                happening.ready().forEach(pod -> watch.expect(pod, told, this::arrived));
                server.apply(happening.changes());
                if (changes % lookEach == lookEach - 1) {
                    Thread.ofPlatform().start(this::look);
                }
            }
        }

        /** On the thread that hears of the kernel, which waits for nobody who looks at the agent. */
        private void arrived(long nanos) {
            synchronized (lags) {
                lags.add(nanos);
            }
        }

        /** Beside the churn, which it must not hold up. */
        private void look() {
            double megabytes = agent.look().residentMegabytes();
            synchronized (resident) {
                resident.add(megabytes);
            }
        }

        private List<Row> rows(KernelWatch watch, double cpu, double liveAtFirst) {
            String histogram = "fairlead_programming_latency_seconds";
            if (size.seconds == LARGE.seconds) {
                draw();
            }
            double inAgent = 1e3 * agent.metrics().quantileAtMost(histogram, 0.99);
            List<Row> rows = new ArrayList<>();
            rows.add(Row.single(
                    "told -> kernel, p99, seen from outside", lags.quantile(0.99) / 1e6, "ms", LAG_MILLIS_MAX));
            rows.add(Row.detail("  p50", lags.quantile(0.5) / 1e6, "ms"));
            rows.add(Row.detail("  most", lags.quantile(1) / 1e6, "ms"));
            rows.add(Row.detail("  new endpoints seen", lags.size(), ""));
            rows.add(Row.single("  and not seen", watch.missing(), "", 0));
            rows.add(Row.detail("  notifications lost", (double) watch.lost(), ""));
            rows.add(Row.single("the agent's own histogram, p99 at most", inAgent, "ms", LAG_MILLIS_MAX));
            List<Double> looks;
            synchronized (resident) {
                looks = List.copyOf(resident);
            }
            List<Double> middles = middles(looks);
            double growth = middles.getLast() / middles.get(1);
            rows.add(Row.single("resident memory, last fifth of second", growth, "", GROWTH_MAX));
            rows.add(Row.detail("  at the end", looks.getLast(), "MB"));
            rows.add(Row.detail("  at its peak", agent.look().peakMegabytes(), "MB"));
            double live = agent.liveHeapMegabytes();
            rows.add(Row.single("live heap, end of before the changes", live / liveAtFirst, "", GROWTH_MAX));
            rows.add(Row.detail("  at the end", live, "MB"));
            rows.add(Row.detail("changes", (double) changes, ""));
            rows.add(Row.detail("  late by at most", late / 1e6, "ms"));
            rows.add(Row.detail("  CPU time of the agent for each", 1e3 * cpu / changes, "ms"));
            return rows;
        }

        private void draw() {
            double middle = lags.quantile(0.5) / 1e6;
            double most = lags.quantile(0.99) / 1e6;
            new BarChart("Endpoint told to endpoint in the kernel, 250,000 endpoints, 200 changes/s", "ms", false)
                    .bar("Fairlead, p99", most, most, most)
                    .bar("Fairlead, p50", middle, middle, middle)
                    .bar("promised p99", LAG_MILLIS_MAX, LAG_MILLIS_MAX, LAG_MILLIS_MAX)
                    .write(Launcher.report(), "hollow-soak-lag");
        }

        /** The median of each fifth. */
        private static List<Double> middles(List<Double> values) {
            List<Double> middles = new ArrayList<>();
            for (int i = 0; i < FIFTHS; i++) {
                List<Double> fifth =
                        new ArrayList<>(values.subList(i * values.size() / FIFTHS, (i + 1) * values.size() / FIFTHS));
                fifth.sort(null);
                middles.add(fifth.get(fifth.size() / 2));
            }
            return middles;
        }
    }
}
