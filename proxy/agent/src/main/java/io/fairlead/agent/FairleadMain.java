package io.fairlead.agent;

import io.fairlead.agent.config.ConfigText;
import io.fairlead.agent.config.RoutingFlags;
import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.netns.NamespaceLock;
import io.fairlead.kernel.nft.NetlinkNft;
import io.fairlead.runtime.http.LocalAnswer;
import io.fairlead.runtime.http.LocalApiClient;
import io.fairlead.runtime.logging.LogSettings;
import io.fairlead.runtime.logging.Logging;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.CommandLine;
import io.fairlead.runtime.options.Invocation;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.Positional;
import io.fairlead.runtime.options.ValueFormats;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The program {@code fairlead}: the agent and the commands that ask it.
 *
 * <p>Confined to the main thread.
 */
public final class FairleadMain {

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);
    private static final long ANSWER_BYTES_MAX = 256L << 20;

    private enum Output {
        TABLE,
        JSON
    }

    private static final Option<Output> OUTPUT = Option.of(
                    "--output", "FORMAT", ValueFormats.oneOf(Output.class), "a table for people or JSON for programs")
            .alias("-o")
            .orElse("table");
    private static final Positional<String> FILTER =
            Positional.optional("FILTER", ValueFormats.text(), "part of namespace/name");
    private static final Positional<String> FROM =
            Positional.required("FROM", ValueFormats.text(), "a client: an address, or node for this node itself");
    private static final Positional<String> TO =
            Positional.required("TO[:PORT][/PROTO]", ValueFormats.text(), "an address, namespace/service, or node");
    private static final Option<String> ARRIVAL =
            Option.of("--interface", "NAME", ValueFormats.text(), "interface that the client's packets arrive on");

    private static final Option<Boolean> KUBE_PROXY =
            Option.flag("--kube-proxy", "remove what kube-proxy left instead; it must not run any more");

    private final PrintStream out;
    private final PrintStream err;

    private FairleadMain(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Exits with 0 on success, 1 if the answer is bad news, 2 if the words are wrong, 69 if something is missing. */
    @SuppressWarnings("SystemOut") // the one place that knows the standard streams
    public static void main(String[] words) {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        int exitCode = new FairleadMain(out, System.err).run(List.of(words));
        out.flush();
        System.exit(exitCode);
    }

    private static List<Command> commands() {
        return List.of(
                AgentOptions.command(),
                Command.of("services", "the frontends that this node serves")
                        .with(FILTER, OUTPUT, AgentOptions.RUN_DIR)
                        .example("fairlead services", "fairlead services default/web -o json"),
                Command.of("endpoints", "the endpoints of Services and what they are used for")
                        .with(FILTER, OUTPUT, AgentOptions.RUN_DIR)
                        .example("fairlead endpoints default/web"),
                Command.of("status", "whether the agent is in sync, and what it had to set aside")
                        .with(OUTPUT, AgentOptions.RUN_DIR)
                        .example("fairlead status"),
                Command.of("explain", "where a new connection goes, and why")
                        .with(FROM, TO, ARRIVAL, OUTPUT, AgentOptions.RUN_DIR)
                        .example(
                                "fairlead explain 10.0.0.5 default/web",
                                "fairlead explain node 172.30.0.10:53/udp",
                                "fairlead explain 203.0.113.7 node:30080"),
                Command.of("cleanup", "remove everything that Fairlead put into this node's kernel")
                        .with(KUBE_PROXY)
                        .example("fairlead cleanup", "fairlead cleanup --kube-proxy"));
    }

    private int run(List<String> words) {
        Invocation invocation =
                new CommandLine("fairlead", "service routing for a Kubernetes node", commands()).parse(words);
        return switch (invocation) {
            case Invocation.Help help -> {
                out.print(help.text());
                yield 0;
            }
            case Invocation.Invalid invalid -> {
                err.print(invalid.text());
                yield Invocation.Invalid.EXIT_CODE;
            }
            case Invocation.Run run -> run(run.command().name(), run.arguments());
        };
    }

    private int run(String command, Arguments arguments) {
        return switch (command) {
            case "proxy" -> proxy(arguments);
            case "cleanup" -> arguments.value(KUBE_PROXY) ? new KubeProxyCleanup(out, err).run() : cleanup();
            case "explain" -> {
                Map<String, String> question = new HashMap<>();
                question.put("from", arguments.value(FROM));
                question.put("to", arguments.value(TO));
                arguments.find(ARRIVAL).ifPresent(name -> question.put("arrival", name));
                yield ask("/explain", question, arguments);
            }
            case "services", "endpoints" -> {
                Map<String, String> question = new HashMap<>();
                arguments.find(FILTER).ifPresent(filter -> question.put("filter", filter));
                yield ask("/" + command, question, arguments);
            }
            default -> ask("/" + command, Map.of(), arguments);
        };
    }

    private int ask(String page, Map<String, String> question, Arguments arguments) {
        Map<String, String> parameters = new HashMap<>(question);
        parameters.put("output", arguments.value(OUTPUT) == Output.JSON ? "json" : "table");
        LocalApiClient client =
                new LocalApiClient(arguments.value(AgentOptions.RUN_DIR), ANSWER_TIMEOUT, ANSWER_BYTES_MAX);
        return switch (client.ask("proxy", page, parameters, out)) {
            case LocalAnswer.Delivered ignored -> 0;
            case LocalAnswer.Refused refused -> complain(refused.message().strip(), 1);
            case LocalAnswer.NotRunning notRunning -> complain(notRunning.message(), ProxyMain.EXIT_UNAVAILABLE);
            case LocalAnswer.Failed failed -> complain(failed.message(), 1);
        };
    }

    private int complain(String message, int exitCode) {
        err.println("error: " + message);
        return exitCode;
    }

    private int proxy(Arguments arguments) {
        Logging.configure(LogSettings.DEFAULT.with(
                arguments.value(AgentOptions.LOG_LEVEL), arguments.value(AgentOptions.LOG_FORMAT)));
        if (arguments.value(AgentOptions.VERSION)) {
            String version = FairleadMain.class.getPackage().getImplementationVersion();
            out.println("fairlead " + (version == null ? "built from source" : version));
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
        try (ClusterInput input = ClusterInput.of(arguments)) {
            boolean dryRun = arguments.value(AgentOptions.DRY_RUN);
            if (!dryRun && !arguments.value(AgentOptions.ONCE)) {
                new ProxyMain(arguments, input).run();
                return 0;
            }
            OfflineRun run = new OfflineRun(AgentOptions.policy(arguments), input::start, out);
            return dryRun ? run.dryRun() : run.once();
        } catch (IllegalArgumentException e) {
            return complain(String.valueOf(e.getMessage()), Invocation.Invalid.EXIT_CODE);
        } catch (KernelException e) {
            return complain(String.valueOf(e.getMessage()), ProxyMain.EXIT_UNAVAILABLE);
        }
    }

    private int writeConfig(Path file, Arguments arguments) {
        try {
            Files.writeString(file, ConfigText.of(arguments));
            return 0;
        } catch (IOException e) {
            return complain("--write-config-to " + file + ": " + e, 1);
        }
    }

    /** A running agent would write everything again at once, so it must be stopped first. */
    private int cleanup() {
        try {
            if (NamespaceLock.tryAcquire(ProxyMain.LOCK) instanceof NamespaceLock.Taken taken) {
                return complain(
                        "the agent (process " + taken.pid() + ") runs in this network namespace; stop it first", 1);
            }
            try (NetlinkNft nft = NetlinkNft.open()) {
                boolean found = NftablesDataplane.cleanup(nft);
                if (found && !KubeProxyCleanup.needsLoopbackRouting()) {
                    NodeTuning.permitLoopback(false);
                }
                out.println(found ? "removed: nftables tables ip fairlead and ip6 fairlead" : "nothing to remove");
            }
            return 0;
        } catch (KernelException e) {
            return complain(String.valueOf(e.getMessage()), ProxyMain.EXIT_UNAVAILABLE);
        }
    }
}
