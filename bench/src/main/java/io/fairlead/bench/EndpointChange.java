package io.fairlead.bench;

import io.fairlead.bench.process.ClusterSize;
import io.fairlead.bench.process.EndpointChangeProcess;
import io.fairlead.bench.process.Figures;
import java.util.ArrayList;
import java.util.List;

/**
 * One endpoint changes: time from the event to the kernel, what it allocates and what it sends, in a large cluster and
 * in a small one.
 *
 * <p>Confined to the main thread.
 */
final class EndpointChange implements Benchmark {

    private static final ClusterSize LARGE = new ClusterSize(10_000, 5);
    private static final ClusterSize SMALL = new ClusterSize(10, 5);
    private static final ClusterSize TINY = new ClusterSize(20, 5);
    private static final int HEAP_MEGABYTES = 96;
    private static final long SECONDS_MAX = 120;
    private static final int WARM_UP = 200;
    private static final int CHANGES = 1_000;
    private static final int CHANGES_TINY = 20;

    private static final double P99_MICROS_MAX = 5_000;
    private static final double GROWTH_MAX = 1.1;
    private static final double MESSAGES_MAX = 2;

    @Override
    public String name() {
        return "endpoint-change";
    }

    @Override
    public String summary() {
        return "one endpoint changed: event to kernel, allocation and messages, 10,000 x 5 against 10 x 5";
    }

    @Override
    public List<Row> run(Plan plan) {
        ClusterSize size = plan.tiny() ? TINY : LARGE;
        try (AotCache cache = AotCache.record(plan)) {
            Jvm jvm = plan.jvm(HEAP_MEGABYTES).with(cache.cache());
            Repeated large = runs(plan, size, jvm);
            Repeated small = runs(plan, SMALL, jvm);
            List<Row> rows = new ArrayList<>(rows(size, large));
            rows.addAll(rows(SMALL, small));
            double growth = large.median("loop-bytes") / small.median("loop-bytes");
            rows.add(Row.single("allocation per change, large over small", growth, "", GROWTH_MAX));
            return rows;
        }
    }

    private static List<String> arguments(Plan plan, ClusterSize size) {
        List<String> arguments = new ArrayList<>(size.arguments());
        arguments.add(Integer.toString(plan.tiny() ? CHANGES_TINY : WARM_UP));
        arguments.add(Integer.toString(plan.tiny() ? CHANGES_TINY : CHANGES));
        return arguments;
    }

    private static Repeated runs(Plan plan, ClusterSize size, Jvm jvm) {
        List<Figures> runs = new ArrayList<>();
        for (int i = 0; i < plan.runs(); i++) {
            runs.add(Child.measure(jvm, EndpointChangeProcess.class, arguments(plan, size), SECONDS_MAX));
        }
        return new Repeated(runs);
    }

    private static List<Row> rows(ClusterSize size, Repeated runs) {
        return List.of(
                runs.row(size + ", event to kernel, p99", "p99-us", "us", P99_MICROS_MAX),
                runs.detail("  p50", "p50-us", "us"),
                runs.detail("  slowest", "max-us", "us"),
                runs.detail("  p50 of the first " + WARM_UP + " in the process", "first-p50-us", "us"),
                runs.row("  transactions per change", "batches", "", MESSAGES_MAX),
                runs.detail("  elements changed per change", "elements", ""),
                runs.detail("  allocated by the loop per change", "loop-bytes", "B"),
                runs.detail("  allocated by the store per change", "store-bytes", "B"),
                runs.row("  transactions when nothing changed", "batches-for-nothing", "", 0));
    }
}
