package io.fairlead.agent.command;

import io.fairlead.agent.config.NodeFlags;
import io.fairlead.agent.config.PolicyFlags;
import io.fairlead.runtime.http.LocalApiClient;
import io.fairlead.runtime.http.ReadOutput;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.Console;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.Positional;
import io.fairlead.runtime.options.ValueFormats;
import io.fairlead.runtime.options.Verb;
import io.fairlead.runtime.table.Output;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The commands that ask the agent of this node. Those whose answer depends on the cluster alone take a dump of it
 * instead.
 *
 * <p>Confined to the main thread.
 */
public final class AskCommands {

    static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);
    static final long ANSWER_BYTES_MAX = 256L << 20;

    /** Of an answer that goes on: longer than anybody watches. */
    private static final Duration FOR_EVER = Duration.ofDays(10_000);

    static final Option<Output> OUTPUT = Option.of(
                    "--output",
                    "FORMAT",
                    ValueFormats.oneOf(Output.class),
                    "a table for people, json or yaml for programs")
            .alias("-o")
            .orElse("table");
    static final Option<Path> DUMP = Option.of(
            "--manifests",
            "DIR_OR_FILE",
            ValueFormats.path(),
            "ask these manifests, for example a dump of a cluster, instead of the agent of this node");
    private static final Option<Integer> LIMIT = Option.of(
                    "--limit", "COUNT", ValueFormats.integer(1, 100_000), "flows to show; the others are counted")
            .orElse("1000");
    static final Positional<String> FILTER =
            Positional.optional("FILTER", ValueFormats.text(), "part of namespace/name");
    private static final Positional<String> FLOW_FILTER = Positional.optional(
            "FILTER", ValueFormats.text(), "part of namespace/name, or the address of a client, frontend or backend");
    static final Positional<String> FROM =
            Positional.required("FROM", ValueFormats.text(), "a client: an address, or node for this node itself");
    static final Positional<String> TO =
            Positional.required("TO[:PORT][/PROTO]", ValueFormats.text(), "an address, namespace/service, or node");
    static final Option<String> ARRIVAL =
            Option.of("--interface", "NAME", ValueFormats.text(), "interface that the client's packets arrive on");

    private final Console console;
    private final DumpCommands dump;

    private AskCommands(Console console) {
        this.console = console;
        this.dump = new DumpCommands(console);
    }

    public static List<Verb> verbs(Console console) {
        AskCommands commands = new AskCommands(console);
        return List.of(
                new Verb(services(), commands::services),
                new Verb(endpoints(), commands::endpoints),
                new Verb(flows(), commands::flows),
                new Verb(explain(), commands::explain),
                new Verb(watch(), commands::watch),
                new Verb(status(), arguments -> commands.ask("/status", Map.of(), arguments)));
    }

    private static Command services() {
        return PolicyFlags.beside(
                DUMP,
                Command.of("services", "the frontends that a node serves")
                        .with(FILTER, OUTPUT, NodeFlags.RUN_DIR, DUMP)
                        .example("fairlead services", "fairlead services default/web -o json"));
    }

    private static Command endpoints() {
        return PolicyFlags.beside(
                DUMP,
                Command.of("endpoints", "the endpoints of Services and what they are used for")
                        .with(FILTER, OUTPUT, NodeFlags.RUN_DIR, DUMP)
                        .example("fairlead endpoints default/web"));
    }

    private static Command flows() {
        return Command.of("flows", "connections to Services that the kernel knows, with names")
                .with(FLOW_FILTER, LIMIT, OUTPUT, NodeFlags.RUN_DIR)
                .example("fairlead flows default/web", "fairlead flows 10.0.0.5 --limit 20");
    }

    private static Command explain() {
        return PolicyFlags.beside(
                DUMP,
                Command.of("explain", "where a new connection goes, and why")
                        .with(FROM, TO, ARRIVAL, OUTPUT, NodeFlags.RUN_DIR, DUMP)
                        .example(
                                "fairlead explain 10.0.0.5 default/web",
                                "fairlead explain node 172.30.0.10:53/udp",
                                "fairlead explain 203.0.113.7 node:30080"));
    }

    private static Command watch() {
        return Command.of("watch", "what changes, line by line as it happens")
                .with(FILTER, OUTPUT, NodeFlags.RUN_DIR)
                .example("fairlead watch", "fairlead watch default/web -o json");
    }

    private static Command status() {
        return Command.of("status", "whether the agent is in sync, and what it had to set aside")
                .with(OUTPUT, NodeFlags.RUN_DIR)
                .example("fairlead status");
    }

    private int services(Arguments arguments) {
        return arguments.find(DUMP).isPresent()
                ? dump.services(arguments)
                : ask("/services", filter(arguments), arguments);
    }

    private int endpoints(Arguments arguments) {
        return arguments.find(DUMP).isPresent()
                ? dump.endpoints(arguments)
                : ask("/endpoints", filter(arguments), arguments);
    }

    private int flows(Arguments arguments) {
        Map<String, String> question = new HashMap<>();
        arguments.find(FLOW_FILTER).ifPresent(filter -> question.put("filter", filter));
        question.put("limit", String.valueOf(arguments.value(LIMIT)));
        return ask("/flows", question, arguments);
    }

    private int explain(Arguments arguments) {
        if (arguments.find(DUMP).isPresent()) {
            return dump.explain(arguments);
        }
        Map<String, String> question = new HashMap<>();
        question.put("from", arguments.value(FROM));
        question.put("to", arguments.value(TO));
        arguments.find(ARRIVAL).ifPresent(name -> question.put("arrival", name));
        return ask("/explain", question, arguments);
    }

    private static Map<String, String> filter(Arguments arguments) {
        return arguments.find(FILTER).map(filter -> Map.of("filter", filter)).orElse(Map.of());
    }

    private int ask(String page, Map<String, String> question, Arguments arguments) {
        Path runDir = arguments.value(NodeFlags.RUN_DIR);
        return ask(new LocalApiClient(runDir, ANSWER_TIMEOUT, ANSWER_BYTES_MAX), page, question, arguments);
    }

    /** Ends well when the agent stops, and when whoever reads our lines does. */
    private int watch(Arguments arguments) {
        Path runDir = arguments.value(NodeFlags.RUN_DIR);
        LocalApiClient client = new LocalApiClient(runDir, FOR_EVER, Long.MAX_VALUE);
        return ask(client, "/watch", filter(arguments), arguments);
    }

    private int ask(LocalApiClient client, String page, Map<String, String> question, Arguments arguments) {
        Map<String, String> parameters = new HashMap<>(question);
        parameters.put("output", arguments.value(OUTPUT).name().toLowerCase(Locale.ROOT));
        return console.show(client.ask("proxy", page, parameters, new ReadOutput(console.out())));
    }
}
