package io.fairlead.agent;

import io.fairlead.agent.command.AskCommands;
import io.fairlead.agent.command.CompletionCommand;
import io.fairlead.agent.command.IpvsReportCommand;
import io.fairlead.agent.command.KubeProxyCommands;
import io.fairlead.agent.command.SupportCommand;
import io.fairlead.agent.config.ConfigText;
import io.fairlead.agent.config.RoutingFlags;
import io.fairlead.agent.mode.Modes;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.input.ClusterInput;
import io.fairlead.cluster.source.SourceScope;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.Libc;
import io.fairlead.kernel.netns.NamespaceLock;
import io.fairlead.runtime.logging.LogSettings;
import io.fairlead.runtime.logging.Logging;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.CommandLine;
import io.fairlead.runtime.options.Console;
import io.fairlead.runtime.options.Invocation;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.Verb;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The program {@code fairlead}: the agent and the commands that ask it.
 *
 * <p>Confined to the main thread.
 */
public final class FairleadMain {

    private static final Option<Boolean> KUBE_PROXY =
            Option.flag("--kube-proxy", "remove what kube-proxy left instead; it must not run any more");

    private final Console console;
    private final List<Verb> verbs = new ArrayList<>();

    private FairleadMain(Console console) {
        this.console = console;
        verbs.add(new Verb(AgentOptions.command(), this::proxy));
        verbs.addAll(AskCommands.verbs(console));
        verbs.add(new Verb(
                Command.of("cleanup", "remove everything that Fairlead put into this node's kernel")
                        .with(KUBE_PROXY)
                        .example("fairlead cleanup", "fairlead cleanup --kube-proxy"),
                arguments -> arguments.value(KUBE_PROXY)
                        ? new KubeProxyCleanup(console.out(), console.err()).run()
                        : cleanup()));
        verbs.addAll(KubeProxyCommands.verbs(console));
        verbs.add(IpvsReportCommand.verb(console));
        verbs.add(SupportCommand.verb(console, InstantSource.system()));
        verbs.add(CompletionCommand.verb(
                console, verbs.stream().map(Verb::command).toList()));
    }

    /** Exits with 0 on success, 1 if the answer is bad news, 2 if the words are wrong, 69 if something is missing. */
    @SuppressWarnings("SystemOut") // the one place that knows the standard streams
    public static void main(String[] words) {
        if (words.length > 0 && words[0].equals(AgentOptions.PROXY)) {
            // What takes longest at an agent's start goes on beside the rest of it.
            Thread.ofPlatform().daemon().name("libc").start(Libc::bind);
            Thread.ofPlatform().daemon().name("tls").start(ApiConnection::prepare);
        }
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        int exitCode = new FairleadMain(new Console(out, System.err)).run(List.of(words));
        out.flush();
        System.exit(exitCode);
    }

    private int run(List<String> words) {
        List<Command> commands = verbs.stream().map(Verb::command).toList();
        return new CommandLine("fairlead", "service routing for a Kubernetes node", commands)
                .run(words, console.out(), console.err(), this::run);
    }

    private int run(Invocation.Run asked) {
        return verbs.stream()
                .filter(verb -> verb.command().name().equals(asked.command().name()))
                .findFirst()
                .orElseThrow()
                .run()
                .applyAsInt(asked.arguments());
    }

    private int proxy(Arguments arguments) {
        Logging.configure(LogSettings.DEFAULT.with(
                arguments.value(AgentOptions.LOG_LEVEL), arguments.value(AgentOptions.LOG_FORMAT)));
        if (arguments.value(AgentOptions.VERSION)) {
            console.out().println("fairlead " + ProcessFacts.version());
            return 0;
        }
        if (arguments.find(RoutingFlags.WRITE_CONFIG).isPresent()) {
            return writeConfig(arguments.value(RoutingFlags.WRITE_CONFIG), arguments);
        }
        if (arguments.value(AgentOptions.CLEANUP)) {
            return cleanup();
        }
        if (arguments.value(AgentOptions.INIT_ONLY)) {
            return NodeTuning.initialize(arguments);
        }
        try (ClusterInput input = AgentOptions.cluster(arguments)) {
            boolean dryRun = arguments.value(AgentOptions.DRY_RUN);
            if (!dryRun && !arguments.value(AgentOptions.ONCE)) {
                new ProxyMain(arguments, input).run();
                return 0;
            }
            AgentPolicy policy = AgentOptions.policy(arguments);
            SourceScope scope = SourceScope.ofNode(policy.nodeName());
            OfflineRun run = new OfflineRun(
                    policy,
                    arguments.value(AgentOptions.MODE),
                    AgentOptions.modeOptions(arguments),
                    store -> input.start(store, scope),
                    console.out());
            return dryRun ? run.dryRun() : run.once();
        } catch (IllegalArgumentException e) {
            return console.complain(String.valueOf(e.getMessage()), Invocation.Invalid.EXIT_CODE);
        } catch (KernelException e) {
            return console.complain(String.valueOf(e.getMessage()), ProxyMain.EXIT_UNAVAILABLE);
        }
    }

    private int writeConfig(Path file, Arguments arguments) {
        try {
            Files.writeString(file, ConfigText.of(arguments));
            return 0;
        } catch (IOException e) {
            return console.complain("--write-config-to " + file + ": " + e, 1);
        }
    }

    /** A running agent would write everything again at once, so it must be stopped first. */
    private int cleanup() {
        try {
            if (NamespaceLock.tryAcquire(ProxyMain.LOCK) instanceof NamespaceLock.Taken taken) {
                return console.complain(
                        "the agent (process " + taken.pid() + ") runs in this network namespace; stop it first", 1);
            }
            Modes.Cleared cleared = ProxyMain.removeRules();
            cleared.removed().forEach(what -> console.out().println("removed: " + what));
            if (!cleared.left().isEmpty()) {
                return console.complain(String.join("; ", cleared.left()), ProxyMain.EXIT_UNAVAILABLE);
            }
            if (cleared.removed().isEmpty()) {
                console.out().println("nothing to remove");
            }
            return 0;
        } catch (KernelException e) {
            return console.complain(String.valueOf(e.getMessage()), ProxyMain.EXIT_UNAVAILABLE);
        }
    }
}
