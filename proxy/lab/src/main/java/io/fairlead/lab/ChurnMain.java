package io.fairlead.lab;

import io.fairlead.lab.cluster.AgentProgram;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.runtime.table.TextTable;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Does the standard churn run once and prints what happened. The only word, if there is one, is the seed.
 *
 * <p>Confined to the main thread; a signal removes everything from a thread of its own.
 */
public final class ChurnMain {

    private ChurnMain() {}

    /** Exits with 0 if no connect failed, else with 1. */
    @SuppressWarnings("SystemOut") // the one place that knows the standard streams
    public static void main(String[] words) {
        long seed = words.length > 0 ? Long.parseLong(words[0]) : System.nanoTime();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.exit(run(ChurnRun.Settings.standard(seed), out) ? 0 : 1);
    }

    private static boolean run(ChurnRun.Settings settings, PrintStream out) {
        try (LabRun run = LabRun.start(LabRun.DEFAULT_BASE)) {
            Runtime.getRuntime().addShutdownHook(new Thread(run::close, "remove the lab"));
            ChurnRun.Result result = ChurnRun.run(run, settings, AgentProgram.ofThisProcess());
            LoadReport traffic = result.traffic();
            TextTable table = new TextTable().column("what").column("measured");
            table.row("seed", String.valueOf(settings.seed()));
            table.row("connects", traffic.started() + " in " + traffic.elapsed().toSeconds() + " s");
            table.row("failed", traffic.failed() + " " + traffic.failures());
            table.row("endpoint changes", String.valueOf(result.changes()));
            table.row("agents restarted", result.ready().size() + ", ready after " + result.ready());
            table.row("p50", traffic.latencies().percentile(0.5).toString());
            table.row("p99", traffic.latencies().percentile(0.99).toString());
            table.row("longest time without an answer", traffic.longestGap().toString());
            table.row("last change in force after", result.caughtUp().toString());
            table.writeTo(out);
            return traffic.failed() == 0;
        }
    }
}
