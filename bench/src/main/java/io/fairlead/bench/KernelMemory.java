package io.fairlead.bench;

import io.fairlead.bench.process.ClusterSize;
import io.fairlead.bench.process.Figures;
import io.fairlead.bench.process.KernelMemoryProcess;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory of the kernel that the tables take.
 *
 * <p>Confined to the main thread.
 */
final class KernelMemory implements Benchmark {

    private static final int HEAP_MEGABYTES = 128;
    private static final long SECONDS_MAX = 120;
    private static final double MEGABYTES_MAX = 6;

    @Override
    public String name() {
        return "kernel-memory";
    }

    @Override
    public String summary() {
        return "memory of the kernel that the tables take at 10,000 x 5";
    }

    @Override
    public List<Row> run(Plan plan) {
        ClusterSize size = plan.tiny() ? new ClusterSize(20, 3) : new ClusterSize(10_000, 5);
        List<String> arguments = new ArrayList<>(size.arguments());
        arguments.add(plan.tiny() ? "2" : "9");
        Figures figures = Child.measure(plan.jvm(HEAP_MEGABYTES), KernelMemoryProcess.class, arguments, SECONDS_MAX);
        return List.of(new Row(
                size + ", tables in the kernel",
                figures.get("megabytes"),
                "MB",
                figures.get("megabytes-least"),
                figures.get("megabytes-most"),
                MEGABYTES_MAX));
    }
}
