package io.fairlead.ingress.program;

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
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The commands that ask the ingress of this node: {@code fairlead ingress routes} and others.
 *
 * <p>Confined to the main thread.
 */
final class AskCommands {

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);
    private static final long ANSWER_BYTES_MAX = 256L << 20;

    private static final Option<Output> OUTPUT = Option.of(
                    "--output",
                    "FORMAT",
                    ValueFormats.oneOf(Output.class),
                    "a table for people, json or yaml for programs")
            .alias("-o")
            .orElse("table");
    private static final Positional<String> FILTER =
            Positional.optional("FILTER", ValueFormats.text(), "part of a host, or of an Ingress's namespace/name");
    private static final Positional<String> URL =
            Positional.required("URL", ValueFormats.text(), "what a client asks for; https without a scheme");

    private final Console console;

    private AskCommands(Console console) {
        this.console = console;
    }

    static List<Verb> verbs(Console console) {
        AskCommands commands = new AskCommands(console);
        return List.of(
                new Verb(
                        Command.of("routes", "what requests are routed by, host by host")
                                .with(FILTER, OUTPUT, IngressOptions.RUN_DIR)
                                .example("fairlead ingress routes", "fairlead ingress routes shop.example -o json"),
                        arguments -> commands.ask(
                                "/routes",
                                arguments
                                        .find(FILTER)
                                        .map(filter -> Map.of("filter", filter))
                                        .orElse(Map.of()),
                                arguments)),
                new Verb(
                        Command.of("explain", "which route a request meets and why, and where it goes")
                                .with(URL, OUTPUT, IngressOptions.RUN_DIR)
                                .example("fairlead ingress explain https://shop.example/cart"),
                        arguments -> commands.ask("/explain", Map.of("url", arguments.value(URL)), arguments)),
                new Verb(
                        Command.of("certs", "the certificates that clients are shown, and when they end")
                                .with(OUTPUT, IngressOptions.RUN_DIR)
                                .example("fairlead ingress certs"),
                        arguments -> commands.ask("/certs", Map.of(), arguments)));
    }

    private int ask(String page, Map<String, String> question, Arguments arguments) {
        Map<String, String> parameters = new HashMap<>(question);
        parameters.put("output", arguments.value(OUTPUT).name().toLowerCase(Locale.ROOT));
        LocalApiClient client =
                new LocalApiClient(arguments.value(IngressOptions.RUN_DIR), ANSWER_TIMEOUT, ANSWER_BYTES_MAX);
        return console.show(client.ask(IngressOptions.INGRESS, page, parameters, new ReadOutput(console.out())));
    }
}
