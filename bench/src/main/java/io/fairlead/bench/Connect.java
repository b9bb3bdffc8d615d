package io.fairlead.bench;

import io.fairlead.bench.process.ConnectProcess;
import io.fairlead.bench.process.Figures;
import java.util.List;

/**
 * connect() through a ClusterIP: against a direct one, and among many Services against few.
 *
 * <p>Confined to the main thread.
 */
final class Connect implements Benchmark {

    private static final int HEAP_MEGABYTES = 512;
    private static final long SECONDS_MAX = 300;
    private static final double DIRECT_RATIO_MAX = 1.20;
    private static final double GROWTH_MAX = 1.05;

    @Override
    public String name() {
        return "connect";
    }

    @Override
    public String summary() {
        return "connect() to a ClusterIP against direct, and at 30,000 Services against 10";
    }

    @Override
    public List<Row> run(Plan plan) {
        List<String> arguments = plan.tiny()
                ? List.of("2", "5", "10", "2", "2", "50")
                : List.of("10", "10000", "30000", "5", "10", "1000");
        Figures figures = Child.measure(plan.jvm(HEAP_MEGABYTES), ConnectProcess.class, arguments, SECONDS_MAX);
        return List.of(
                Row.race("any of 10,000 ClusterIPs over direct, p50", figures, "vip", DIRECT_RATIO_MAX),
                Row.detail("  direct", figures.get("vip-base-us"), "us"),
                Row.detail("  ClusterIP", figures.get("vip-us"), "us"),
                Row.race("a ClusterIP at 30,000 Services over the same at 10, p50", figures, "large", GROWTH_MAX),
                Row.detail("  at 10 Services", figures.get("large-base-us"), "us"),
                Row.detail("  at 30,000 Services", figures.get("large-us"), "us"),
                Row.race("any of 30,000 over any of 10, p50", figures, "large-random", Double.NaN),
                Row.race("noise: the same over the same", figures, "same", Double.NaN));
    }
}
