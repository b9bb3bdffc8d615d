package io.fairlead.lab;

import io.fairlead.kernel.KernelException;
import io.fairlead.lab.cluster.AgentProgram;
import io.fairlead.lab.demo.Look;
import io.fairlead.lab.demo.Pace;
import io.fairlead.lab.demo.Screen;
import io.fairlead.lab.demo.Story;
import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.CommandLine;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.ValueFormats;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The program {@code fairlead demo}.
 *
 * <p>Confined to the main thread; a signal removes everything from a thread of its own.
 */
public final class DemoMain {

    private static final int EXIT_NOT_AS_SHOWN = 1;
    /** EX_UNAVAILABLE of sysexits.h. */
    private static final int EXIT_UNAVAILABLE = 69;

    private static final Option<Integer> NODES = Option.of(
                    "--nodes", "N", ValueFormats.integer(2, 3), "how many nodes the cluster has")
            .orElse("2");
    private static final Option<Boolean> KEEP =
            Option.flag("--keep", "leave the cluster running at the end, to play with, until ^C");
    private static final Option<Boolean> FAST = Option.flag("--fast", "no pauses for reading");
    private static final Option<Boolean> PLAIN = Option.flag("--plain", "no colours and nothing drawn twice");
    private static final Option<Path> RUN_DIR = Option.of(
                    "--run-dir", "DIR", ValueFormats.path(), "where manifests, sockets and logs of the demo go")
            .orElse(LabRun.DEFAULT_BASE.toString());

    private DemoMain() {}

    /** Exits with 0 if all was as it should be, 1 if not, 2 if the words are wrong, 69 if something is missing. */
    @SuppressWarnings("SystemOut") // the one place that knows the standard streams
    public static void main(String[] words) {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        int exitCode = run(words, out, System.err);
        out.flush();
        System.exit(exitCode);
    }

    private static int run(String[] words, PrintStream out, PrintStream err) {
        Command demo = Command.of("demo", "build a small cluster on this machine and watch it work")
                .with(NODES, KEEP, FAST, PLAIN, RUN_DIR)
                .example("fairlead demo", "fairlead demo --nodes 3 --keep");
        List<String> line = new ArrayList<>(List.of("demo"));
        line.addAll(List.of(words));
        return new CommandLine("fairlead", "service routing for a Kubernetes node", List.of(demo))
                .run(line, out, err, run -> demo(run.arguments(), out, err));
    }

    private static int demo(Arguments arguments, PrintStream out, PrintStream err) {
        if (!isRoot()) {
            err.println("error: the demo makes network namespaces, which needs root; try: sudo ./fairlead demo");
            return EXIT_UNAVAILABLE;
        }
        Look look = arguments.value(PLAIN) || !isTerminal() ? Look.PLAIN : Look.TERMINAL;
        Screen screen = new Screen(out, look);
        try {
            boolean good = tell(arguments, screen);
            screen.line("everything is removed again");
            return good ? 0 : EXIT_NOT_AS_SHOWN;
        } catch (LabException | KernelException e) {
            if (!screen.isSilent()) {
                err.println("error: " + e.getMessage());
            }
            return EXIT_UNAVAILABLE;
        }
    }

    private static boolean tell(Arguments arguments, Screen screen) {
        try (LabRun run = LabRun.start(arguments.value(RUN_DIR))) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupted(screen, run), "remove the lab"));
            Pace pace = arguments.value(FAST) ? Pace.FAST : Pace.PLEASANT;
            Story story = new Story(run, arguments.value(NODES), screen, pace);
            AgentProgram agent = AgentProgram.ofThisProcess();
            AgentProgram ingress = AgentProgram.ingress();
            return arguments.value(KEEP) ? story.tellAndStay(agent, ingress, ownName()) : story.tell(agent, ingress);
        }
    }

    /** A signal; after an ordinary end there is nothing left to do. */
    private static void interrupted(Screen screen, LabRun run) {
        screen.silence();
        run.close();
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            return false;
        }
    }

    @SuppressWarnings("SystemConsoleNull") // JDK 25 gives none again where the streams are not a terminal
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null
                && console.isTerminal()
                && !"dumb".equals(System.getenv("TERM"))
                && System.getenv("NO_COLOR") == null
                && System.getenv("CI") == null;
    }

    /** How the user called us: the launcher says so. */
    private static String ownName() {
        String launcher = System.getenv("FAIRLEAD_LAUNCHER");
        return launcher == null ? "fairlead" : launcher;
    }
}
