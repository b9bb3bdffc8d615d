package io.fairlead.bench;

import io.fairlead.bench.process.Figures;
import io.fairlead.lab.hollow.HollowShape;
import io.fairlead.lab.image.UnpackedImage;
import io.fairlead.lab.run.MemoryGroup;
import io.fairlead.lab.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The agent as a container: its image's files, a process namespace and a control group with the chart's limit; and
 * kube-proxy in a control group. How long a start takes at 100 Services, and all memory that the groups are charged for
 * at 10,000 x 5.
 *
 * <p>Confined to the main thread.
 */
final class Container implements Benchmark {

    private static final HollowShape SMALL = HollowShape.of(100, 3, 50, 7);
    private static final HollowShape LARGE = HollowShape.of(10_000, 5, 50, 7);
    private static final HollowShape TINY = HollowShape.of(10, 3, 4, 7);

    /** Each round takes two nodes. */
    private static final int ROUNDS_MAX = Topology.NODES_MAX / 2;

    private static final double READY_MILLIS_MAX = 1_200;

    /** As values.yaml of the chart says. */
    private static final int REQUEST_MEBIBYTES = 160;

    private static final int LIMIT_MEBIBYTES = 320;

    private static final double MEBI = 1 << 20;

    /** So much later memory is looked at. */
    private static final long SETTLE_SECONDS = 10;

    @Override
    public String name() {
        return "container";
    }

    @Override
    public String summary() {
        return "the image's agent and kube-proxy in control groups: ready at 100 Services, memory at 10,000 x 5";
    }

    @Override
    public List<Row> run(Plan plan) {
        int rounds = Math.min(plan.runs(), ROUNDS_MAX);
        List<Row> rows = new ArrayList<>();
        try {
            try (ApiStage stage = ApiStage.build(Topology.of(2 * rounds, 0), plan.tiny() ? TINY : SMALL)) {
                UnpackedImage image = stage.image();
                rows.addAll(starts(stage, image, rounds));
                if (plan.tiny()) {
                    rows.addAll(memory(stage, image, rounds, 0));
                    return rows;
                }
            }
            try (ApiStage stage = ApiStage.build(Topology.of(2 * rounds, 0), LARGE)) {
                rows.addAll(memory(stage, stage.image(), rounds, SETTLE_SECONDS));
                return rows;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static List<Row> starts(ApiStage stage, UnpackedImage image, int rounds) throws InterruptedException {
        HollowShape shape = stage.cluster().shape();
        List<Figures> ours = new ArrayList<>();
        List<Figures> theirs = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            ours.add(agent(stage, image, 2 * round, LIMIT_MEBIBYTES, 0));
            theirs.add(kubeProxy(stage.place(2 * round + 1), 0));
        }
        return List.of(
                new Repeated(ours).row(shape.services() + " Services, ready after", "ready", "ms", READY_MILLIS_MAX),
                new Repeated(theirs).detail("  kube-proxy, ready after", "ready", "ms"));
    }

    private static List<Row> memory(ApiStage stage, UnpackedImage image, int rounds, long settle)
            throws InterruptedException {
        HollowShape shape = stage.cluster().shape();
        List<Figures> ours = new ArrayList<>();
        List<Figures> limited = new ArrayList<>();
        List<Figures> theirs = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            ours.add(agent(stage, image, 2 * round, LIMIT_MEBIBYTES, settle));
            limited.add(agent(stage, image, 2 * round, REQUEST_MEBIBYTES, settle));
            theirs.add(kubeProxy(stage.place(2 * round + 1), settle));
        }
        String size = shape.services() + " x " + shape.endpointsEach();
        Repeated restarted = new Repeated(limited);
        return List.of(
                new Repeated(ours).row(size + ", peak of the group", "peak", "MiB", REQUEST_MEBIBYTES),
                new Repeated(ours).detail("  ready after", "ready", "ms"),
                restarted.detail("  restarted with a limit of " + REQUEST_MEBIBYTES + " MiB, peak", "peak", "MiB"),
                restarted.row("  killed for its memory", "kills", "", 0),
                restarted.detail("  ready after", "ready", "ms"),
                new Repeated(theirs).detail("  kube-proxy and its children, peak of the group", "peak", "MiB"),
                new Repeated(theirs).detail("  ready after", "ready", "ms"));
    }

    private static Figures agent(ApiStage stage, UnpackedImage image, int node, int mebibytes, long settleSeconds)
            throws InterruptedException {
        try (MemoryGroup group = group()) {
            group.limit((long) mebibytes << 20);
            try (NodeProxy agent = NodeProxy.fairlead(image, stage.labRun().folder(), group, stage.place(node))) {
                return measure(agent, group, settleSeconds);
            }
        }
    }

    private static Figures kubeProxy(NodeProxy.Place place, long settleSeconds) throws InterruptedException {
        try (MemoryGroup group = group();
                NodeProxy kubeProxy = NodeProxy.kubeProxy(ApiStage.judges(), group, place)) {
            return measure(kubeProxy, group, settleSeconds);
        }
    }

    private static MemoryGroup group() {
        return MemoryGroup.create("fairlead-bench-" + ProcessHandle.current().pid());
    }

    private static Figures measure(NodeProxy proxy, MemoryGroup group, long settleSeconds) throws InterruptedException {
        Figures figures = new Figures().put("ready", proxy.awaitReady());
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(settleSeconds));
        return figures.put("peak", group.peakBytes() / MEBI).put("kills", (double) group.kills());
    }
}
