package io.fairlead.bench;

import io.fairlead.bench.chart.BarChart;
import io.fairlead.bench.look.KernelWatch;
import io.fairlead.bench.look.ProcessLook;
import io.fairlead.bench.process.ConnectRace;
import io.fairlead.bench.process.Figures;
import io.fairlead.bench.process.LoopbackNode;
import io.fairlead.bench.process.Samples;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.lab.hollow.ApiFiller;
import io.fairlead.lab.hollow.HollowChange;
import io.fairlead.lab.hollow.HollowCluster;
import io.fairlead.lab.hollow.HollowShape;
import io.fairlead.lab.topology.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Fairlead and kube-proxy in nftables mode in turns, each on a fresh node, both from the same real API server.
 *
 * <p>Confined to the main thread.
 */
final class BesideKubeProxy implements Benchmark {

    private static final HollowShape LARGE = HollowShape.of(10_000, 5, 50, 7);
    private static final HollowShape TINY = HollowShape.of(30, 3, 4, 7);
    /** Each round takes two nodes. */
    private static final int ROUNDS_MAX = Topology.NODES_MAX / 2;

    private static final int HEAP_MEGABYTES = 96;
    private static final double COLD_START_MAX = 1.0 / 50;
    private static final double CHANGE_MAX = 1.0 / 100;
    private static final double RESIDENT_MAX = 0.7;
    private static final double CONNECT_MAX = 1;
    private static final long CHANGE_MILLIS_MAX = 120_000;
    private static final long SETTLE_SECONDS = 10;
    private static final int RACE_ROUNDS = 10;
    private static final int RACE_CONNECTIONS = 1_000;

    /**
     * How the changes of a program are measured.
     *
     * <p>Immutable.
     *
     * @param quietMillis without a commit before a change, so that the next commit is that of the change
     * @param lastCommit whether a change is over with the last commit that follows, instead of with the one that has
     *     the new endpoint
     * @param settleSeconds after all of them, before memory is looked at
     */
    private record Changes(int count, long quietMillis, boolean lastCommit, long settleSeconds) {}

    private static final Changes OURS = new Changes(200, 50, true, SETTLE_SECONDS);
    private static final Changes THEIRS = new Changes(5, 2_500, false, SETTLE_SECONDS);
    private static final Changes OURS_TINY = new Changes(5, 50, true, 0);
    private static final Changes THEIRS_TINY = new Changes(1, 50, false, 0);

    private final Random random = new Random(7);

    @Override
    public String name() {
        return "kube-proxy";
    }

    @Override
    public String summary() {
        return "beside real kube-proxy, one API server: cold start, one slice changed, memory, CPU, connect, at 10,000 x 5";
    }

    @Override
    public List<Row> run(Plan plan) {
        HollowShape shape = plan.tiny() ? TINY : LARGE;
        int rounds = Math.min(plan.runs(), ROUNDS_MAX);
        List<Figures> ours = new ArrayList<>();
        List<Figures> theirs = new ArrayList<>();
        try (AotCache cache = AotCache.record(plan);
                ApiStage stage = ApiStage.build(Topology.of(2 * rounds, 0), shape)) {
            Jvm jvm = plan.jvm(HEAP_MEGABYTES).with(cache.cache());
            for (int round = 0; round < rounds; round++) {
                try (NodeProxy fairlead = NodeProxy.fairlead(jvm, stage.place(2 * round))) {
                    ours.add(measure(fairlead, stage, plan.tiny() ? OURS_TINY : OURS));
                }
                try (NodeProxy kubeProxy = NodeProxy.kubeProxy(ApiStage.judges(), stage.place(2 * round + 1))) {
                    theirs.add(measure(kubeProxy, stage, plan.tiny() ? THEIRS_TINY : THEIRS));
                }
            }
            Figures race = race(stage, 2 * rounds - 2, plan.tiny());
            List<Row> rows = rows(shape, new Repeated(ours), new Repeated(theirs), race);
            if (!plan.tiny()) {
                draw(new Repeated(ours), new Repeated(theirs), race);
            }
            return rows;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Figures measure(NodeProxy proxy, ApiStage stage, Changes changes) throws InterruptedException, IOException {
        Figures figures = new Figures().put("wall", proxy.awaitReady());
        figures.put("cpu-start", proxy.look().cpuSeconds());
        figures.put("sync", proxy.fullSyncMillis());
        change(proxy, stage, changes, figures);
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(changes.settleSeconds));
        ProcessLook look = proxy.look();
        return figures.put("resident", look.residentMegabytes())
                .put("peak", look.peakMegabytes())
                .put("proportional", look.proportionalMegabytes());
    }

    /** From the request that changes a slice to the kernel, what the API server needs included. */
    private void change(NodeProxy proxy, ApiStage stage, Changes how, Figures figures)
            throws InterruptedException, IOException {
        Samples fromRequest = new Samples();
        Samples fromAnswer = new Samples();
        double cpuBefore = proxy.look().cpuSeconds();
        NetNs namespace = proxy.place().namespace();
        try (KernelWatch watch = KernelWatch.in(namespace)) {
            for (int i = 0; i < how.count; i++) {
                watch.awaitQuiet(how.quietMillis);
                int service = random.nextInt(stage.cluster().shape().services());
                HollowCluster.Replaced replaced = stage.cluster().replaceOne(service, Instant.now());
                Samples seen = new Samples();
                long request = System.nanoTime();
                watch.expect(replaced.address(), request, seen::add);
                for (HollowChange change : replaced.changes()) {
                    ApiFiller.write(stage.api(), change);
                }
                long answer = System.nanoTime();
                if (!watch.awaitExpected(CHANGE_MILLIS_MAX)) {
                    throw new IllegalStateException(replaced.address() + " did not come into the kernel");
                }
                long took = how.lastCommit ? watch.awaitQuiet(how.quietMillis) - request : seen.quantile(1);
                fromRequest.add(took);
                fromAnswer.add(Math.max(0, took - (answer - request)));
            }
        }
        figures.put("change", fromRequest.quantile(0.5) / 1e6)
                .put("change-p99", fromRequest.quantile(0.99) / 1e6)
                .put("change-from-answer", fromAnswer.quantile(0.5) / 1e6)
                .put("cpu-change", 1e3 * (proxy.look().cpuSeconds() - cpuBefore) / how.count);
    }

    /** What both left in the kernel of the last two nodes, whose programs are gone. */
    private static Figures race(ApiStage stage, int first, boolean tiny) throws IOException, InterruptedException {
        Figures figures = new Figures();
        try (LoopbackNode fairlead = stage.loopback(first);
                LoopbackNode kubeProxy = stage.loopback(first + 1)) {
            ConnectRace race = new ConnectRace(tiny ? 2 : RACE_ROUNDS, tiny ? 20 : RACE_CONNECTIONS);
            race.compare("connect", stage.way(kubeProxy), stage.way(fairlead), figures);
            race.compare("noise", stage.way(fairlead), stage.way(fairlead), figures);
        }
        return figures;
    }

    private static List<Row> rows(HollowShape shape, Repeated ours, Repeated theirs, Figures race) {
        String size = shape.services() + " x " + shape.endpointsEach();
        List<Row> rows = new ArrayList<>();
        rows.add(ratio(size + ", first full sync, of kube-proxy's", ours, theirs, "sync", COLD_START_MAX));
        both(rows, ours, theirs, "sync", "ms");
        rows.add(ratio("start to all in the kernel, of kube-proxy's", ours, theirs, "wall", Double.NaN));
        both(rows, ours, theirs, "wall", "ms");
        rows.add(ratio("one slice changed, of kube-proxy's", ours, theirs, "change", CHANGE_MAX));
        both(rows, ours, theirs, "change", "ms");
        rows.add(ours.detail("  Fairlead, p99", "change-p99", "ms"));
        rows.add(ours.detail("  Fairlead, from the API server's answer", "change-from-answer", "ms"));
        rows.add(ratio("resident memory, of kube-proxy's", ours, theirs, "resident", RESIDENT_MAX));
        both(rows, ours, theirs, "resident", "MB");
        rows.add(ratio("  its peak, of kube-proxy's", ours, theirs, "peak", Double.NaN));
        both(rows, ours, theirs, "peak", "MB");
        rows.add(ratio("  its proportional share, of kube-proxy's", ours, theirs, "proportional", Double.NaN));
        rows.add(ratio("CPU time of the start, of kube-proxy's", ours, theirs, "cpu-start", Double.NaN));
        both(rows, ours, theirs, "cpu-start", "s");
        rows.add(ratio("CPU time of a change, of kube-proxy's", ours, theirs, "cpu-change", Double.NaN));
        both(rows, ours, theirs, "cpu-change", "ms");
        rows.add(Row.race("connect() to a ClusterIP, of kube-proxy's", race, "connect", CONNECT_MAX));
        rows.add(Row.detail("  Fairlead", race.get("connect-us"), "us"));
        rows.add(Row.detail("  kube-proxy", race.get("connect-base-us"), "us"));
        rows.add(Row.race("  noise", race, "noise", Double.NaN));
        return rows;
    }

    private static Row ratio(String what, Repeated ours, Repeated theirs, String figure, double limit) {
        return Row.single(what, ours.median(figure) / theirs.median(figure), "", limit);
    }

    private static void both(List<Row> rows, Repeated ours, Repeated theirs, String figure, String unit) {
        rows.add(ours.detail("  Fairlead", figure, unit));
        rows.add(theirs.detail("  kube-proxy", figure, unit));
    }

    private static void draw(Repeated ours, Repeated theirs, Figures race) {
        chart("First full sync, 10,000 Services of 5 endpoints", "ms", true, ours, theirs, "sync");
        chart("One slice changed: API request to kernel", "ms", true, ours, theirs, "change");
        chart("Resident memory, 10,000 Services of 5 endpoints", "MB", false, ours, theirs, "resident");
        chart("CPU time until all is in the kernel", "s", true, ours, theirs, "cpu-start");
        new BarChart("connect() to one of 10,000 ClusterIPs, median", "us", false)
                .bar("Fairlead", race.get("connect-us"), race.get("connect-us"), race.get("connect-us"))
                .bar(
                        "kube-proxy",
                        race.get("connect-base-us"),
                        race.get("connect-base-us"),
                        race.get("connect-base-us"))
                .write(Launcher.report(), "kube-proxy-connect");
    }

    private static void chart(
            String title, String unit, boolean logarithmic, Repeated ours, Repeated theirs, String figure) {
        Row one = ours.detail("", figure, unit);
        Row other = theirs.detail("", figure, unit);
        new BarChart(title, unit, logarithmic)
                .bar("Fairlead", one.value(), one.least(), one.most())
                .bar("kube-proxy", other.value(), other.least(), other.most())
                .write(Launcher.report(), "kube-proxy-" + figure);
    }
}
