package io.fairlead.controller;

import io.fairlead.cluster.input.ClusterInput;
import io.fairlead.runtime.http.ListenException;
import io.fairlead.runtime.logging.LogSettings;
import io.fairlead.runtime.logging.Logging;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.CommandLine;
import io.fairlead.runtime.options.Invocation;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The program {@code fairlead controller}.
 *
 * <p>Confined to the main thread.
 */
public final class ControllerMain {

    /** EX_UNAVAILABLE: the address of the pages is taken. */
    private static final int EXIT_UNAVAILABLE = 69;

    private ControllerMain() {}

    /** Exits with 0 after a signal, 2 if the words are wrong, 69 if something is missing. */
    @SuppressWarnings("SystemOut") // the one place that knows the standard streams
    public static void main(String[] words) {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        int exitCode = new CommandLine(
                        "fairlead", "service routing for Kubernetes", List.of(ControllerOptions.command()))
                .run(List.of(words), out, System.err, asked -> run(asked, System.err));
        out.flush();
        System.exit(exitCode);
    }

    private static int run(Invocation.Run asked, PrintStream err) {
        Arguments arguments = asked.arguments();
        Logging.configure(LogSettings.DEFAULT.with(
                arguments.value(ControllerOptions.LOG_LEVEL), arguments.value(ControllerOptions.LOG_FORMAT)));
        try (ClusterInput input = ControllerOptions.cluster(arguments)) {
            new ControllerRun(arguments, input).run();
            return 0;
        } catch (IllegalArgumentException e) {
            err.println("fairlead: " + e.getMessage());
            return Invocation.Invalid.EXIT_CODE;
        } catch (ListenException e) {
            err.println("fairlead: " + e.getMessage());
            return EXIT_UNAVAILABLE;
        }
    }
}
