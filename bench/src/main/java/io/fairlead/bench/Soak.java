package io.fairlead.bench;

import io.fairlead.agent.FairleadMain;
import io.fairlead.lab.ChurnRun;
import io.fairlead.lab.cluster.AgentProgram;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.traffic.LoadReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A minute of connects in the lab while endpoints change and agents are killed and restarted.
 *
 * <p>Confined to the main thread.
 */
final class Soak implements Benchmark {

    private static final int HEAP_MEGABYTES = 96;
    private static final long SEED = 20_251_121;
    private static final double NANOS_PER_MILLI = 1e6;

    @Override
    public String name() {
        return "soak";
    }

    @Override
    public String summary() {
        return "60 s of 1,000 connects/s, 50 changes/s, three agents killed: none may fail";
    }

    @Override
    public List<Row> run(Plan plan) {
        ChurnRun.Settings settings = plan.tiny()
                ? new ChurnRun.Settings(2, 3, 100, 10, 1, Duration.ofSeconds(4), SEED)
                : ChurnRun.Settings.standard(SEED);
        try (AotCache cache = AotCache.record(plan);
                LabRun run = LabRun.start(LabRun.DEFAULT_BASE)) {
            Runtime.getRuntime().addShutdownHook(new Thread(run::close, "remove the lab"));
            List<String> words =
                    new ArrayList<>(plan.jvm(HEAP_MEGABYTES).with(cache.cache()).command());
            words.add(FairleadMain.class.getName());
            return rows(ChurnRun.run(run, settings, new AgentProgram(words)));
        }
    }

    private static List<Row> rows(ChurnRun.Result result) {
        LoadReport traffic = result.traffic();
        List<Row> rows = new ArrayList<>(List.of(
                Row.single("connects that failed", (double) traffic.failed(), "", 0),
                Row.detail("  connects", (double) traffic.started(), ""),
                Row.detail("  per second", traffic.rate(), ""),
                Row.detail("  endpoints changed", result.changes(), ""),
                millis("  connect p50", traffic.latencies().percentile(0.5)),
                millis("  connect p99", traffic.latencies().percentile(0.99)),
                millis("  last change in force after", result.caughtUp())));
        result.ready().forEach(ready -> rows.add(millis("  restarted agent ready after", ready)));
        return rows;
    }

    private static Row millis(String what, Duration duration) {
        return Row.detail(what, duration.toNanos() / NANOS_PER_MILLI, "ms");
    }
}
