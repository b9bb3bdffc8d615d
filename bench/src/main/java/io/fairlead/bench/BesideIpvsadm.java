package io.fairlead.bench;

import io.fairlead.bench.process.ClusterSize;
import io.fairlead.bench.process.Figures;
import io.fairlead.bench.process.IpvsProcess;
import java.util.ArrayList;
import java.util.List;

/**
 * Mode ipvs: CPU time of a cold start and of one change, beside {@code ipvsadm --restore} of the same state, in a kernel
 * of its own. The messages have limits, times have none.
 *
 * <p>Confined to the main thread.
 */
final class BesideIpvsadm implements Benchmark {

    private static final ClusterSize LARGE = new ClusterSize(10_000, 5);
    private static final ClusterSize TINY = new ClusterSize(20, 3);
    private static final int HEAP_MEGABYTES = 96;
    private static final long SECONDS_MAX = 400;
    private static final double MESSAGES_MAX = 4;

    @Override
    public String name() {
        return "ipvs";
    }

    @Override
    public String summary() {
        return "mode ipvs in User Mode Linux: CPU time of a cold start and of a change beside ipvsadm --restore";
    }

    @Override
    public List<Row> run(Plan plan) {
        ClusterSize size = plan.tiny() ? TINY : LARGE;
        List<String> arguments = new ArrayList<>(size.arguments());
        arguments.add(plan.tiny() ? "4" : "200");
        List<Figures> runs = new ArrayList<>();
        for (int i = 0; i < plan.runs(); i++) {
            runs.add(UserModeKernel.measure(plan.jvm(HEAP_MEGABYTES), IpvsProcess.class, arguments, SECONDS_MAX));
        }
        return rows(size, new Repeated(runs));
    }

    private static List<Row> rows(ClusterSize size, Repeated runs) {
        List<Row> rows = new ArrayList<>();
        rows.add(runs.row("IPVS messages per changed endpoint", "change-messages", "", MESSAGES_MAX));
        rows.add(runs.row("  when nothing changed", "nothing-messages", "", 0));
        add(rows, size + ", CPU time of the cold start", runs, "start");
        rows.add(runs.detail("  IPVS messages of Fairlead", "start-messages", ""));
        add(rows, "CPU time of one change", runs, "change");
        return rows;
    }

    private static void add(List<Row> rows, String what, Repeated runs, String figure) {
        double ratio = runs.median(figure) / runs.median(figure + "-ipvsadm");
        rows.add(Row.detail(what + ", of ipvsadm's", ratio, ""));
        rows.add(runs.detail("  Fairlead", figure, "ms"));
        rows.add(runs.detail("    for IPVS alone", figure + "-ipvs", "ms"));
        rows.add(runs.detail("  ipvsadm --restore", figure + "-ipvsadm", "ms"));
    }
}
