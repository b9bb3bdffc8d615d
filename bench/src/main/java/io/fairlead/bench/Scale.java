package io.fairlead.bench;

import io.fairlead.bench.chart.BarChart;
import io.fairlead.bench.look.ProcessLook;
import io.fairlead.bench.process.Figures;
import io.fairlead.lab.hollow.HollowShape;
import io.fairlead.lab.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A quarter of a million endpoints from a real API server: memory of the agent while it lists, and after.
 *
 * <p>Confined to the main thread.
 */
final class Scale implements Benchmark {

    private static final HollowShape LARGE = HollowShape.of(5_000, 50, 50, 7);
    private static final HollowShape TINY = HollowShape.of(30, 3, 4, 7);
    /** The last node is kube-proxy's. */
    private static final int RUNS_MAX = Topology.NODES_MAX - 1;

    private static final int LIMIT_MEGABYTES = 450;
    /** What an agent takes beside its heap at most: the heap of a memory limit is the limit less this. */
    static final int BESIDE_HEAP_MEGABYTES = 130;

    private static final double STEADY_MEGABYTES_MAX = 250;
    private static final long SETTLE_SECONDS = 30;

    @Override
    public String name() {
        return "scale";
    }

    @Override
    public String summary() {
        return "5,000 Services with 250,000 endpoints from a real API server: memory and time to ready";
    }

    @Override
    public List<Row> run(Plan plan) {
        int runs = Math.min(plan.runs(), RUNS_MAX);
        List<Figures> ours = new ArrayList<>();
        try (AotCache cache = AotCache.record(plan);
                ApiStage stage = ApiStage.build(Topology.of(runs + 1, 0), plan.tiny() ? TINY : LARGE)) {
            Jvm jvm = plan.jvm(LIMIT_MEGABYTES - BESIDE_HEAP_MEGABYTES).with(cache.cache());
            for (int run = 0; run < runs; run++) {
                try (NodeProxy fairlead = NodeProxy.fairlead(jvm, stage.place(run))) {
                    ours.add(measure(fairlead, plan.tiny()));
                }
            }
            List<Figures> theirs = new ArrayList<>();
            try (NodeProxy kubeProxy = NodeProxy.kubeProxy(ApiStage.judges(), stage.place(runs))) {
                theirs.add(measure(kubeProxy, plan.tiny()));
            }
            if (!plan.tiny()) {
                draw(new Repeated(ours), new Repeated(theirs));
            }
            return rows(stage, new Repeated(ours), new Repeated(theirs));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Figures measure(NodeProxy proxy, boolean tiny) throws InterruptedException {
        Figures figures = new Figures().put("ready", proxy.awaitReady() / 1e3);
        figures.put("cpu", proxy.look().cpuSeconds());
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(tiny ? 0 : SETTLE_SECONDS));
        ProcessLook look = proxy.look();
        return figures.put("steady", look.residentMegabytes()).put("peak", look.peakMegabytes());
    }

    private static List<Row> rows(ApiStage stage, Repeated ours, Repeated theirs) {
        HollowShape shape = stage.cluster().shape();
        return List.of(
                ours.row(shape.services() + " x " + shape.endpointsEach() + ", peak", "peak", "MB", LIMIT_MEGABYTES),
                ours.row("  steady, 30 s later", "steady", "MB", STEADY_MEGABYTES_MAX),
                ours.detail("  ready after", "ready", "s"),
                ours.detail("  CPU time until then", "cpu", "s"),
                theirs.detail("  kube-proxy, peak", "peak", "MB"),
                theirs.detail("  kube-proxy, steady", "steady", "MB"),
                theirs.detail("  kube-proxy, ready after", "ready", "s"),
                theirs.detail("  kube-proxy, CPU time until then", "cpu", "s"),
                Row.detail("  written into the API server in", stage.fillSeconds(), "s"));
    }

    private static void draw(Repeated ours, Repeated theirs) {
        chart("Memory at its peak, 5,000 Services with 250,000 endpoints", "MB", false, ours, theirs, "peak");
        chart("Memory 30 s later, 5,000 Services with 250,000 endpoints", "MB", false, ours, theirs, "steady");
        chart("Ready with 5,000 Services and 250,000 endpoints", "s", true, ours, theirs, "ready");
    }

    private static void chart(
            String title, String unit, boolean logarithmic, Repeated ours, Repeated theirs, String figure) {
        Row one = ours.detail("", figure, unit);
        Row other = theirs.detail("", figure, unit);
        new BarChart(title, unit, logarithmic)
                .bar("Fairlead", one.value(), one.least(), one.most())
                .bar("kube-proxy", other.value(), other.least(), other.most())
                .write(Launcher.report(), "scale-" + figure);
    }
}
