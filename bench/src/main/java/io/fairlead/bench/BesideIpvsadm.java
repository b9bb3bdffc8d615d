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
        rows.add(ratio(size + ", CPU time of the cold start, of ipvsadm's", runs, "start"));
        both(rows, runs, "start", "ms");
        rows.add(runs.detail("  Fairlead, thereof IPVS alone", "start-ipvs", "ms"));
        rows.add(runs.detail("  its messages", "start-messages", ""));
        rows.add(ratio("CPU time of one change, of ipvsadm's", runs, "change"));
        both(rows, runs, "change", "ms");
        rows.add(runs.detail("  Fairlead, thereof IPVS alone", "change-ipvs", "ms"));
        return rows;
    }

    private static Row ratio(String what, Repeated runs, String figure) {
        return Row.detail(what, total(runs, figure) / total(runs, figure + "-ipvsadm"), "");
    }

    private static double total(Repeated runs, String figure) {
        return runs.median(figure + "-user") + runs.median(figure + "-system");
    }

    private static void both(List<Row> rows, Repeated runs, String figure, String unit) {
        rows.add(runs.detail("  Fairlead, user", figure + "-user", unit));
        rows.add(runs.detail("  Fairlead, system", figure + "-system", unit));
        rows.add(runs.detail("  ipvsadm, user", figure + "-ipvsadm-user", unit));
        rows.add(runs.detail("  ipvsadm, system", figure + "-ipvsadm-system", unit));
    }
}
