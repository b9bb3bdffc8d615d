package io.fairlead.bench;

import io.fairlead.agent.FairleadMain;
import io.fairlead.bench.look.ProcessLook;
import io.fairlead.bench.process.ClusterSize;
import io.fairlead.bench.process.Figures;
import io.fairlead.bench.process.SyntheticCluster;
import io.fairlead.kernel.netns.NetNs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The real agent on a directory of manifests: when it is ready, and how much memory it holds then.
 *
 * <p>Confined to the main thread.
 */
final class Agent implements Benchmark {

    private static final ClusterSize SMALL = new ClusterSize(10, 5);
    private static final ClusterSize LARGE = new ClusterSize(10_000, 5);
    private static final ClusterSize TINY = new ClusterSize(20, 3);

    /** What an agent takes beside its heap: the heap of a row is its limit less this. */
    private static final int BESIDE_HEAP_MEGABYTES = 72;

    private static final double SMALL_MEGABYTES_MAX = 110;
    private static final double LARGE_MEGABYTES_MAX = 150;
    private static final double READY_MILLIS_MAX = 1_000;

    private static final long READY_SECONDS_MAX = 120;
    /** So much later memory is looked at: a process that has just started has not used all it will. */
    private static final long SETTLE_SECONDS = 3;

    @Override
    public String name() {
        return "agent";
    }

    @Override
    public String summary() {
        return "the real agent: ready after its start, and resident memory, at 10 and at 10,000 x 5";
    }

    @Override
    public List<Row> run(Plan plan) {
        ClusterSize large = plan.tiny() ? TINY : LARGE;
        try (AotCache cache = AotCache.record(plan);
                TemporaryFiles files = TemporaryFiles.create();
                ManifestFiles ofSmall = ManifestFiles.write(new SyntheticCluster(SMALL));
                ManifestFiles ofLarge = ManifestFiles.write(new SyntheticCluster(large))) {
            List<Row> rows = new ArrayList<>();
            rows.addAll(rows(
                    SMALL,
                    runs(plan, jvm(plan, cache, SMALL_MEGABYTES_MAX), ofSmall, files),
                    READY_MILLIS_MAX,
                    SMALL_MEGABYTES_MAX));
            rows.addAll(rows(
                    large,
                    runs(plan, jvm(plan, cache, LARGE_MEGABYTES_MAX), ofLarge, files),
                    Double.NaN,
                    LARGE_MEGABYTES_MAX));
            return rows;
        }
    }

    private static Jvm jvm(Plan plan, AotCache cache, double megabytesMax) {
        return plan.jvm((int) megabytesMax - BESIDE_HEAP_MEGABYTES).with(cache.cache());
    }

    private static List<Row> rows(ClusterSize size, Repeated runs, double readyMax, double megabytesMax) {
        return List.of(
                runs.row(size + ", ready after", "ready", "ms", readyMax),
                runs.row("  resident memory", "resident", "MB", megabytesMax),
                runs.detail("  resident at its peak", "peak", "MB"),
                runs.detail("  of it private", "private", "MB"));
    }

    private static Repeated runs(Plan plan, Jvm jvm, ManifestFiles manifests, TemporaryFiles files) {
        List<Figures> runs = new ArrayList<>();
        for (int i = 0; i < plan.runs(); i++) {
            runs.add(run(plan, jvm, manifests, files));
        }
        return new Repeated(runs);
    }

    private static Figures run(Plan plan, Jvm jvm, ManifestFiles manifests, TemporaryFiles files) {
        List<String> command = jvm.command();
        command.addAll(List.of(FairleadMain.class.getName(), "proxy", "--node-name", SyntheticCluster.NODE));
        command.addAll(List.of("--manifests", manifests.directory().toString()));
        command.addAll(List.of(
                "--cluster-cidr",
                SyntheticCluster.POD_RANGE,
                "--run-dir",
                files.directory().toString()));
        try (NetNs namespace = NetNs.anonymous()) {
            try (Child loopback = Child.start(namespace, List.of("ip", "link", "set", "lo", "up"))) {
                loopback.join(READY_SECONDS_MAX);
            }
            try (Child agent = Child.start(namespace, command)) {
                agent.awaitOutput("ready:", READY_SECONDS_MAX);
                double ready = (System.nanoTime() - agent.startedAt()) / 1e6;
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(plan.tiny() ? 0 : SETTLE_SECONDS));
                ProcessLook look = ProcessLook.at(agent.pid());
                return new Figures()
                        .put("ready", ready)
                        .put("resident", look.residentMegabytes())
                        .put("peak", look.peakMegabytes())
                        .put("private", look.privateMegabytes());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
