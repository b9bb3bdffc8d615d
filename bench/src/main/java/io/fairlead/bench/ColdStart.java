package io.fairlead.bench;

import io.fairlead.bench.process.ClusterSize;
import io.fairlead.bench.process.ColdStartProcess;
import io.fairlead.bench.process.Figures;
import java.util.ArrayList;
import java.util.List;

/**
 * From a source in sync to everything in the kernel, in fresh processes.
 *
 * <p>Confined to the main thread.
 */
final class ColdStart implements Benchmark {

    private static final long SECONDS_MAX = 180;

    /**
     * @param heapMegabytes the launcher's default, or half of a limit of 512 MB for the largest clusters
     * @param limitMillis promised
     */
    private record Case(ClusterSize size, int heapMegabytes, double limitMillis) {}

    private static final List<Case> CASES = List.of(
            new Case(new ClusterSize(10_000, 5), 96, 300),
            new Case(new ClusterSize(44_000, 3), 256, 3_000),
            new Case(new ClusterSize(5_000, 50), 256, 5_000));

    private static final List<Case> TINY = List.of(new Case(new ClusterSize(20, 3), 96, SECONDS_MAX * 1000));

    @Override
    public String name() {
        return "cold-start";
    }

    @Override
    public String summary() {
        return "source in sync to all Services in the kernel, fresh process and namespace";
    }

    @Override
    public List<Row> run(Plan plan) {
        List<Case> cases = plan.tiny() ? TINY : CASES;
        List<Row> rows = new ArrayList<>();
        try (AotCache cache = AotCache.record(plan)) {
            for (Case each : cases) {
                rows.addAll(rows(each, runs(plan, each, cache)));
            }
        }
        return rows;
    }

    private static Repeated runs(Plan plan, Case each, AotCache cache) {
        Jvm jvm = plan.jvm(each.heapMegabytes).with(cache.cache());
        List<Figures> runs = new ArrayList<>();
        for (int i = 0; i < plan.runs(); i++) {
            runs.add(Child.measure(jvm, ColdStartProcess.class, each.size.arguments(), SECONDS_MAX));
        }
        return new Repeated(runs);
    }

    private static List<Row> rows(Case each, Repeated runs) {
        return List.of(
                runs.row(each.size + ", in the kernel after", "total", "ms", each.limitMillis),
                runs.detail("  snapshot", "snapshot", "ms"),
                runs.detail("  plan", "plan", "ms"),
                runs.detail("  render", "render", "ms"),
                runs.detail("  read back", "read", "ms"),
                runs.detail("  encode", "encode", "ms"),
                runs.detail("  kernel", "kernel", "ms"),
                runs.detail("  elements", "elements", ""),
                runs.detail("  transactions", "batches", ""));
    }
}
