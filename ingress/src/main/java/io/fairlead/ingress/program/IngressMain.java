package io.fairlead.ingress.program;

import io.fairlead.cluster.input.ClusterInput;
import io.fairlead.runtime.logging.LogSettings;
import io.fairlead.runtime.logging.Logging;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.CommandLine;
import io.fairlead.runtime.options.Console;
import io.fairlead.runtime.options.Invocation;
import io.fairlead.runtime.options.Verb;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The program {@code fairlead ingress}, and the commands that ask it.
 *
 * <p>Confined to the main thread.
 */
public final class IngressMain {

    private final Console console;

    private IngressMain(Console console) {
        this.console = console;
    }

    /** Exits with 0 after a signal, 1 if an answer is bad news, 2 if the words are wrong, 69 if something is missing. */
    @SuppressWarnings("SystemOut") // the one place that knows the standard streams
    public static void main(String[] words) {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        int exitCode = new IngressMain(new Console(out, System.err)).run(List.of(words));
        out.flush();
        System.exit(exitCode);
    }

    private int run(List<String> words) {
        List<Verb> asking = AskCommands.verbs(console);
        boolean asks = words.size() > 1
                && asking.stream().anyMatch(verb -> verb.command().name().equals(words.get(1)));
        return asks
                ? run("fairlead " + IngressOptions.INGRESS, asking, words.subList(1, words.size()))
                : run("fairlead", List.of(new Verb(IngressOptions.command(), this::serve)), words);
    }

    private int run(String program, List<Verb> verbs, List<String> words) {
        List<Command> commands = verbs.stream().map(Verb::command).toList();
        return new CommandLine(program, "service routing for Kubernetes", commands)
                .run(words, console.out(), console.err(), asked -> run(verbs, asked));
    }

    private static int run(List<Verb> verbs, Invocation.Run asked) {
        return verbs.stream()
                .filter(verb -> verb.command().equals(asked.command()))
                .findFirst()
                .orElseThrow()
                .run()
                .applyAsInt(asked.arguments());
    }

    private int serve(Arguments arguments) {
        Logging.configure(LogSettings.DEFAULT.with(
                arguments.value(IngressOptions.LOG_LEVEL), arguments.value(IngressOptions.LOG_FORMAT)));
        try (ClusterInput input = IngressOptions.cluster(arguments)) {
            new IngressRun(arguments, input).run();
            return 0;
        } catch (IllegalArgumentException e) {
            return console.complain(String.valueOf(e.getMessage()), Invocation.Invalid.EXIT_CODE);
        }
    }
}
