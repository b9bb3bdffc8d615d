package io.fairlead.agent.command;

import io.fairlead.agent.config.NodeFlags;
import io.fairlead.runtime.http.LocalAnswer;
import io.fairlead.runtime.http.LocalApiClient;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.Console;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.ValueFormats;
import io.fairlead.runtime.options.Verb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code fairlead support}: what whoever looks into a bug wants to see, in one file. Without an agent it has what the
 * kernel says alone.
 *
 * <p>Confined to the main thread.
 */
public final class SupportCommand {

    private static final Option<Path> TO = Option.of(
            "--to", "FILE", ValueFormats.path(), "the file to write (default: fairlead-support-<time>.zip, here)");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** A page of the agent and the text that it becomes. */
    private record Page(String name, String path, Map<String, String> parameters) {}

    private static final List<Page> PAGES = List.of(
            new Page("agent/status.txt", "/status", Map.of()),
            new Page("agent/status.json", "/status", Map.of("output", "json")),
            new Page("agent/services.txt", "/services", Map.of()),
            new Page("agent/endpoints.txt", "/endpoints", Map.of()),
            new Page("agent/flows.txt", "/flows", Map.of("limit", "1000")),
            new Page("agent/metrics.txt", "/metrics", Map.of()),
            new Page("agent/configuration.yaml", "/config", Map.of()),
            new Page("agent/log.txt", "/log", Map.of()));

    private final Console console;
    private final InstantSource clock;

    private SupportCommand(Console console, InstantSource clock) {
        this.console = console;
        this.clock = clock;
    }

    public static Verb verb(Console console, InstantSource clock) {
        return new Verb(
                Command.of("support", "one file with what a bug report needs, without secrets")
                        .with(TO, NodeFlags.RUN_DIR)
                        .example("fairlead support", "fairlead support --to report.zip"),
                new SupportCommand(console, clock)::run);
    }

    private int run(Arguments arguments) {
        String time = TIME.format(clock.instant());
        Path file = arguments.find(TO).orElseGet(() -> Path.of("fairlead-support-" + time + ".zip"));
        try {
            try (SupportBundle bundle = new SupportBundle(file)) {
                bundle.add("README.txt", readme());
                addAgent(bundle, arguments.value(NodeFlags.RUN_DIR));
                KernelTexts.addTo(bundle);
            }
            console.out()
                    .println(
                            "wrote " + file + " (" + (Files.size(file) + 1023) / 1024
                                    + " KiB): it names Services and addresses of your cluster, so look through it before you share it");
            return 0;
        } catch (FileAlreadyExistsException e) {
            return console.complain(file + " exists; name another file with --to", 1);
        } catch (IOException e) {
            return console.complain("cannot write " + file + ": " + e, 1);
        }
    }

    private String readme() {
        return """
            A bug report of Fairlead, made at %s.

            agent/   what the agent of this node says: its status with what it set aside, Services, endpoints, up to 1000
                     flows, metrics, the configuration that is in force, the last lines of its log
            kernel/  what the kernel says: our nftables tables, sysctls, links, addresses, routes, versions

            Names and addresses of the cluster are in here. Secrets are not: the agent keeps none, and what looks like one
            was replaced by (removed). Annotations, environment variables, kubeconfig and other files are not read.
            """.formatted(clock.instant());
    }

    private void addAgent(SupportBundle bundle, Path runDir) throws IOException {
        LocalApiClient client = new LocalApiClient(runDir, AskCommands.ANSWER_TIMEOUT, AskCommands.ANSWER_BYTES_MAX);
        for (Page page : PAGES) {
            LocalAnswer[] answer = new LocalAnswer[1];
            bundle.add(page.name, out -> {
                answer[0] = client.ask("proxy", page.path, page.parameters, out);
                out.write(trouble(answer[0]).getBytes(StandardCharsets.UTF_8));
            });
            if (answer[0] instanceof LocalAnswer.NotRunning notRunning) {
                console.err().println(notRunning.message() + "; the report has only what the kernel says");
                return;
            }
        }
    }

    /** What stands in the place of a page that did not come; empty if it came. */
    private static String trouble(LocalAnswer answer) {
        return switch (answer) {
            case LocalAnswer.Delivered _ -> "";
            case LocalAnswer.Refused refused -> "(not given: " + refused.message() + ")\n";
            case LocalAnswer.NotRunning notRunning -> "(" + notRunning.message() + ")\n";
            case LocalAnswer.Failed failed -> "(" + failed.message() + ")\n";
        };
    }
}
