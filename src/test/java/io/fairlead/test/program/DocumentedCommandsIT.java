package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every command that README, docs and {@code --help} show exists, and those for the reader to type do what they should.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class DocumentedCommandsIT {

    /** Two columns: commands with commas between them, then a sentence. */
    private static final Pattern USAGE_LINE = Pattern.compile("  (\\S.*?) {2,}\\S.*");

    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?[a-z][a-z-]*");
    private static final Set<String> NOT_RUN_HERE =
            Set.of("cluster", "controller", "demo", "hollow", "image", "ingress", "test");
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final Map<String, String> helpTexts = new LinkedHashMap<>();

    /** What {@code ./fairlead help} lists. */
    private static Set<String> commands() {
        Set<String> commands = new TreeSet<>();
        for (String line : Fairlead.run("help").out().split("\n", -1)) {
            Matcher usage = USAGE_LINE.matcher(line);
            if (usage.matches()) {
                for (String command : usage.group(1).split(", ", -1)) {
                    commands.add(command.split(" ", 2)[0]);
                }
            }
        }
        return commands;
    }

    private String help(String command) {
        return helpTexts.computeIfAbsent(command, name -> {
            Program.Ended help = Fairlead.run(name, "--help");
            assertEquals(0, help.exitCode(), help::toString);
            assertEquals("", help.err(), help::toString);
            return help.out();
        });
    }

    private static Set<String> options(String text) {
        Set<String> options = new TreeSet<>();
        OPTION.matcher(text).results().forEach(option -> options.add(option.group()));
        return options;
    }

    @Test
    void everyCommandAndOptionExists() {
        Set<String> commands = commands();
        assertTrue(commands.containsAll(Set.of("demo", "test", "proxy", "explain", "help")), commands::toString);
        List<DocumentedCommand> shown = new ArrayList<>(DocumentedCommand.all());
        assertTrue(shown.size() > 10, shown::toString);
        for (String command : commands) {
            if (!command.equals("help")) {
                shown.addAll(DocumentedCommand.in("fairlead " + command + " --help", help(command)));
            }
        }
        Set<String> wrong = new TreeSet<>();
        for (DocumentedCommand each : shown) {
            if (!commands.contains(each.command())) {
                wrong.add(each + ": there is no such command");
            } else if (!options(help(each.command())).containsAll(each.options())) {
                wrong.add(each + ": there is no such option");
            }
        }
        assertEquals(Set.of(), wrong);
    }

    @Test
    void configurationPageHasEveryOptionAndNoOther() throws IOException {
        Set<String> documented = new TreeSet<>();
        for (String line : Files.readString(Fairlead.ROOT.resolve("docs/operate/config.md"))
                .split("\n", -1)) {
            if (line.startsWith("| `--")) {
                documented.addAll(options(line.split("\\|", -1)[1]));
            }
        }
        Set<String> existing = new TreeSet<>();
        for (String line : help("proxy").split("\n", -1)) {
            if (line.matches(" +-.*")) {
                existing.addAll(options(line.strip().split(" {2,}", 2)[0]));
            }
        }
        assertTrue(existing.removeAll(Set.of("-h", "--help")), existing::toString);
        assertEquals(existing, documented);
    }

    @Test
    void commandsForTheReaderDoWhatTheyShould() {
        List<DocumentedCommand> shown = DocumentedCommand.all().stream()
                .filter(DocumentedCommand::shown)
                .toList();
        Set<String> ran = new TreeSet<>();
        try (SampleNode node = new SampleNode()) {
            Program agent = node.startAgent();
            for (DocumentedCommand each : shown) {
                if (!NOT_RUN_HERE.contains(each.command()) && !each.command().equals("cleanup")) {
                    ran.add(each.command());
                    expectGood(each, run(each, node));
                }
            }
            agent.signal("TERM");
            agent.awaitEnd(STOP_TIMEOUT);
            for (DocumentedCommand each : shown) {
                if (each.command().equals("cleanup")) {
                    ran.add(each.command());
                    assertEquals(0, Fairlead.runIn(node.namespace(), "cleanup").exitCode(), each::toString);
                    assertFalse(node.rules().contains("fairlead"));
                }
            }
        }
        Set<String> all = new TreeSet<>(commands());
        all.removeAll(NOT_RUN_HERE);
        all.remove("help");
        assertEquals(all, ran);
    }

    private static Program.Ended run(DocumentedCommand shown, SampleNode node) {
        String[] words = shown.words().toArray(String[]::new);
        return switch (shown.command()) {
            case "proxy" -> {
                assertTrue(shown.options().contains("--dry-run"), () -> "how shall a test run this? " + shown);
                yield Fairlead.end(Program.start(Fairlead.withoutPrivileges(Fairlead.line(words))));
            }
            case "flows" -> {
                // The kernel forgets those of before within seconds.
                node.expectRouted();
                yield node.ask(words);
            }
            case "completion", "ipvs-report" -> Fairlead.run(words);
            case "watch" -> watch(words, node);
            case "support" ->
                node.ask(with(words, "--to", node.runDir() + "/" + shown.where().replaceAll("\\W", "-") + ".zip"));
            default -> node.ask(words);
        };
    }

    private static String[] with(String[] words, String... more) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /** It does not end by itself. */
    private static Program.Ended watch(String[] words, SampleNode node) {
        Program watch = node.start(Fairlead.line(with(words, "--run-dir", node.runDir())));
        watch.awaitText("node node-1", STOP_TIMEOUT);
        watch.signal("TERM");
        Program.Ended end = watch.awaitEnd(STOP_TIMEOUT);
        return new Program.Ended(end.line(), 0, end.out(), end.err());
    }

    private static void expectGood(DocumentedCommand shown, Program.Ended end) {
        assertEquals(0, end.exitCode(), () -> shown + "\n" + end);
        assertEquals("", end.err(), () -> shown + "\n" + end);
        String expected = switch (shown.command()) {
            case "status" -> "in-sync";
            case "watch" -> "watching";
            case "completion" -> "_fairlead";
            case "support" -> "wrote ";
            case "ipvs-report" -> "Services: 1, ";
            default -> "default/web";
        };
        assertTrue(end.out().contains(expected), () -> shown + " does not say " + expected + "\n" + end);
    }
}
