package io.fairlead.bench;

import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.CommandLine;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.ValueFormats;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a benchmark by its name, or all of them. Needs root.
 *
 * <p>Confined to the main thread.
 */
public final class BenchMain {

    private static final int RUNS_MAX = 100;
    private static final String ALL = "all";
    private static final String INGRESS = "ingress";

    private static final Option<Integer> RUNS = Option.of(
                    "--runs", "COUNT", ValueFormats.integer(1, RUNS_MAX), "fresh processes for each row")
            .orElse("5");
    private static final Option<Boolean> TINY =
            Option.flag("--tiny", "clusters of a few Services: shows that it works, measures nothing");
    private static final Option<Jvm.Tiering> TIERING = Option.of(
                    "--tiering", "TIERING", ValueFormats.oneOf(Jvm.Tiering.class), "compilers of the measured JVMs")
            .orElse("first");
    private static final Option<Boolean> AOT =
            Option.flag("--aot", "start measured JVMs from an AOT cache").orElse("true");

    private static final List<Benchmark> BENCHMARKS = benchmarks();

    private static List<Benchmark> benchmarks() {
        List<Benchmark> benchmarks = new ArrayList<>(List.of(
                new ColdStart(),
                new EndpointChange(),
                new Connect(),
                new Agent(),
                new KernelMemory(),
                new Peer(),
                new Soak(),
                new BesideKubeProxy(),
                new BesideIptables(),
                new BesideIpvsadm(),
                new Scale(),
                new HollowSoak(),
                new ApiOutage(),
                new Container(),
                new Install()));
        benchmarks.addAll(IngressComparison.all());
        benchmarks.addAll(List.of(new IngressLatency(), new IngressScale(), new IngressChange()));
        return List.copyOf(benchmarks);
    }

    private BenchMain() {}

    /** Exits with 0 if every promise was kept, 1 if not, 2 if the words are wrong. */
    @SuppressWarnings("SystemOut") // the one place that knows the standard streams
    public static void main(String[] words) {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        int exitCode = run(List.of(words), out);
        out.flush();
        System.exit(exitCode);
    }

    private static int run(List<String> words, PrintStream out) {
        List<Command> commands = new ArrayList<>();
        for (Benchmark benchmark : BENCHMARKS) {
            commands.add(Command.of(benchmark.name(), benchmark.summary()).with(RUNS, TINY, TIERING, AOT));
        }
        commands.add(Command.of(INGRESS, "all whose names begin so").with(RUNS, TINY, TIERING, AOT));
        commands.add(Command.of(ALL, "all of them").with(RUNS, TINY, TIERING, AOT));
        return new CommandLine("bench", "measures what Fairlead promises", commands)
                .run(words, out, out, run -> run(run.command().name(), plan(run.arguments()), out));
    }

    private static Benchmark.Plan plan(Arguments arguments) {
        return new Benchmark.Plan(
                arguments.value(RUNS), arguments.value(TINY), arguments.value(TIERING), arguments.value(AOT));
    }

    private static int run(String name, Benchmark.Plan plan, PrintStream out) {
        boolean kept = true;
        for (Benchmark benchmark : BENCHMARKS) {
            boolean asked = name.equals(INGRESS)
                    ? benchmark.name().startsWith(INGRESS)
                    : name.equals(ALL) || name.equals(benchmark.name());
            if (asked) {
                double before = Report.load();
                List<Row> rows = benchmark.run(plan);
                new Report(benchmark.name(), rows, before, Report.load()).writeTo(out);
                out.flush();
                kept &= rows.stream().allMatch(Row::kept);
            }
        }
        return kept ? 0 : 1;
    }
}
