package io.fairlead.runtime.options;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandLineTest {

    private enum Mode {
        AUTO,
        NFTABLES,
        IPTABLES_LEGACY
    }

    private static final Option<Mode> MODE =
            Option.of("--mode", "MODE", ValueFormats.oneOf(Mode.class), "How.").orElse("auto");
    private static final Option<Duration> PERIOD = Option.of(
                    "--sync-period",
                    "TIME",
                    ValueFormats.duration(Duration.ofMillis(1), Duration.ofHours(1)),
                    "How often, 100 % sure.")
            .orElse("30s");
    private static final Option<String> NODE = Option.of(
                    "--node-name",
                    "NAME",
                    ValueFormats.text(),
                    "Which of them. " + "Long text wraps. ".repeat(10) + "End.")
            .required();
    private static final Option<Integer> PORT = Option.of("--port", "PORT", ValueFormats.integer(1, 65535), "Where.")
            .alias("-p");
    private static final Option<List<String>> ADDRESSES =
            Option.list("--addresses", "CIDR", ValueFormats.text(), "What.");
    private static final Option<Boolean> ONCE = Option.flag("--once", "Syncs once.");
    private static final Positional<Path> FROM = Positional.required("FROM", ValueFormats.path(), "Whence.");
    private static final Positional<Path> TO = Positional.optional("TO", ValueFormats.path(), "Whither.");

    private static final Command PROXY = Command.of("proxy", "Runs the node agent.")
            .with(MODE, PERIOD, NODE, PORT, ADDRESSES, ONCE)
            .check(List.of(ONCE, PORT), CommandLineTest::portMakesNoSenseOnce)
            .example("fairlead proxy --node-name a  # the least");
    private static final Command EXPLAIN =
            Command.of("explain", "Says where a flow goes.").with(FROM, TO, ONCE);

    private static Optional<String> portMakesNoSenseOnce(Arguments arguments) {
        boolean both = arguments.value(ONCE) && arguments.find(PORT).isPresent();
        return both ? Optional.of("--once serves no --port") : Optional.empty();
    }

    private static Invocation parse(String... words) {
        return new CommandLine("fairlead", "Fairlead routes.", List.of(PROXY, EXPLAIN)).parse(List.of(words));
    }

    private static Arguments valid(String... words) {
        return assertInstanceOf(Invocation.Run.class, parse(words)).arguments();
    }

    private static List<String> mistakes(String... words) {
        return assertInstanceOf(Invocation.Invalid.class, parse(words)).mistakes();
    }

    @Test
    void givesTypedValuesAndDefaults() {
        Arguments arguments =
                valid("proxy", "--node-name=a", "--mode", "iptables-legacy", "-p", "80", "--sync-period=1m0s");
        assertEquals(Mode.IPTABLES_LEGACY, arguments.value(MODE));
        assertEquals(Duration.ofMinutes(1), arguments.value(PERIOD));
        assertEquals("a", arguments.value(NODE));
        assertEquals(Optional.of(80), arguments.find(PORT));
        assertEquals(List.of(), arguments.value(ADDRESSES));
        assertFalse(arguments.value(ONCE));
        assertTrue(arguments.isGiven(MODE));
        assertFalse(arguments.isGiven(ADDRESSES));
        assertEquals(Optional.of(81), valid("proxy", "--node-name=a", "-p81").find(PORT));
        assertEquals(Optional.of(82), valid("proxy", "--node-name=a", "-p=82").find(PORT));
    }

    private static final Command RESOLVED = Command.of("resolved", "Takes a second look.")
            .with(PORT, ADDRESSES, ONCE)
            .resolve(given -> new Command.Resolved(
                    given.with(PORT, 7).without(ADDRESSES),
                    given.find(PORT).equals(Optional.of(6)) ? List.of("no six") : List.of()))
            .check(List.of(ONCE, PORT), CommandLineTest::portMakesNoSenseOnce);

    private static Invocation resolved(String... words) {
        return new CommandLine("fairlead", "Fairlead routes.", List.of(RESOLVED)).parse(List.of(words));
    }

    @Test
    void secondLookChangesWhatIsGiven() {
        Arguments arguments = assertInstanceOf(Invocation.Run.class, resolved("resolved", "--addresses=a"))
                .arguments();
        assertEquals(Optional.of(7), arguments.find(PORT));
        assertTrue(arguments.isGiven(PORT));
        assertEquals(List.of(), arguments.value(ADDRESSES));
        assertFalse(arguments.isGiven(ADDRESSES));
    }

    @Test
    void rulesSeeTheSecondLookAndItsMistakesAreToldWithTheOthers() {
        assertEquals(
                List.of("unknown option '--nothing-alike'", "no six", "--once serves no --port"),
                assertInstanceOf(Invocation.Invalid.class, resolved("resolved", "-p6", "--once", "--nothing-alike"))
                        .mistakes());
    }

    @Test
    void optionsWithoutValueAreNothingAndNotNull() {
        Arguments arguments = valid("proxy", "--node-name=a");
        assertEquals(Optional.empty(), arguments.find(PORT));
        assertThrows(IllegalStateException.class, () -> arguments.value(PORT));
        assertEquals(Mode.AUTO, arguments.value(MODE));
    }

    @Test
    void listsGrowByRepetitionAndByCommas() {
        Arguments arguments = valid("proxy", "--node-name=a", "--addresses=1,2", "--addresses", "3");
        assertEquals(List.of("1", "2", "3"), arguments.value(ADDRESSES));
        assertEquals(List.of(), valid("proxy", "--node-name=a", "--addresses=").value(ADDRESSES));
    }

    @Test
    void theLastOfRepeatedValuesCounts() {
        assertEquals("b", valid("proxy", "--node-name=a", "--node-name=b").value(NODE));
    }

    @Test
    void flagsNeverTakeTheNextWord() {
        Arguments arguments = valid("explain", "--once", "a", "b");
        assertTrue(arguments.value(ONCE));
        assertEquals(Path.of("a"), arguments.value(FROM));
        assertEquals(Optional.of(Path.of("b")), arguments.find(TO));
        assertFalse(valid("explain", "--once=false", "a").value(ONCE));
        assertTrue(valid("explain", "--once=true", "a").value(ONCE));
    }

    @Test
    void wordsAfterTwoHyphensAreNoOptions() {
        assertEquals(Path.of("--once"), valid("explain", "--", "--once").value(FROM));
    }

    @Test
    void tellsAllMistakesAtOnce() {
        assertEquals(
                List.of(
                        "unknown option '--nodename', did you mean '--node-name'?",
                        "--mode: 'ipvs' is not accepted; expected one of auto, nftables, iptables-legacy",
                        "--sync-period: '10' is not accepted (the unit is missing); expected a duration from 1ms to"
                                + " 1h0m0s such as 10ms, 1s or 1m0s",
                        "--node-name is missing; expected a text of 1 to 4096 characters",
                        "--port: '70000' is not accepted; expected a number from 1 to 65535",
                        "--once: 'maybe' is not accepted; expected true or false",
                        "unexpected word 'stray'"),
                mistakes(
                        "proxy",
                        "--mode=ipvs",
                        "--sync-period=10",
                        "--port=70000",
                        "--once=maybe",
                        "--nodename=x",
                        "stray"));
    }

    @Test
    void missingValuesAreToldWithTheOthers() {
        List<String> mistakes = mistakes("proxy", "--mode=x", "--node-name=a", "--port");
        assertTrue(mistakes.contains("--port needs a value: PORT"), mistakes.toString());
        assertTrue(mistakes.stream().anyMatch(mistake -> mistake.startsWith("--mode: 'x'")), mistakes.toString());
    }

    @Test
    void anOptionIsNoValueOfAnother() {
        assertEquals(
                "--node-name needs a value: NAME",
                mistakes("proxy", "--node-name", "--once").getFirst());
        assertEquals(
                "--node-name needs a value: NAME",
                mistakes("proxy", "--node-name", "--mode=auto").getFirst());
        assertEquals("b", valid("proxy", "--node_name=b").value(NODE));
        assertEquals("-odd", valid("proxy", "--node-name", "-odd").value(NODE));
    }

    @Test
    void rulesOverSeveralValuesAreCheckedUnlessAValueIsWrongAlready() {
        assertEquals(List.of("--once serves no --port"), mistakes("proxy", "--node-name=a", "--once", "--port=1"));
        assertEquals(
                List.of("--port: '0' is not accepted; expected a number from 1 to 65535"),
                mistakes("proxy", "--node-name=a", "--once", "--port=0"));
    }

    @Test
    void requiredWordsAreMissed() {
        assertEquals(List.of("FROM is missing; expected a path"), mistakes("explain"));
    }

    @Test
    void suggestsCommands() {
        assertEquals(
                List.of("unknown command 'porxy', did you mean 'proxy'?; commands: proxy, explain"), mistakes("porxy"));
        assertEquals(List.of("the command comes first, options such as --mode after it"), mistakes("--mode", "proxy"));
    }

    @Test
    void mistakesEndWithTheWayToHelp() {
        Invocation.Invalid invalid = assertInstanceOf(Invocation.Invalid.class, parse("explain"));
        assertEquals(
                "error: FROM is missing; expected a path\n'fairlead explain --help' shows what can be given\n",
                invalid.text());
        assertEquals(2, Invocation.Invalid.EXIT_CODE);
    }

    @Test
    void foreignTextIsShownShortAndPrintable() {
        String mistake = mistakes("proxy", "--node-name=a", "--mode=\u001b[2J" + "x".repeat(10_000))
                .getFirst();
        assertTrue(mistake.startsWith("--mode: '\\u001b[2Jxxx") && mistake.length() < 250, mistake);
    }

    @Test
    void neitherFilesNorVariablesAreExpanded() {
        assertEquals("@/etc/passwd", valid("proxy", "--node-name=@/etc/passwd").value(NODE));
        assertEquals("${user.name}", valid("proxy", "--node-name=${user.name}").value(NODE));
        assertEquals("\"quoted\"", valid("proxy", "--node-name=\"quoted\"").value(NODE));
        assertEquals(Path.of("@x"), valid("explain", "@x").value(FROM));
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy --help", "proxy -h", "help proxy", "proxy --mode=wrong --help"})
    void helpOfACommandShowsOptionsDefaultsAndExamples(String line) {
        String text =
                assertInstanceOf(Invocation.Help.class, parse(line.split(" "))).text();
        assertTrue(text.matches("(?s).*\n {6}--mode=MODE +How\\. \\(default: auto\\)\n.*"), text);
        assertTrue(text.lines().allMatch(row -> row.length() <= 100), text);
        assertTrue(text.contains("100 % sure. (default: 30s)"), text);
        assertTrue(text.contains("-p, --port=PORT"), text);
        assertTrue(text.contains("(required)"), text);
        assertTrue(text.contains("\n      --once "), text);
        assertTrue(text.endsWith("Examples:\n  fairlead proxy --node-name a  # the least\n"), text);
    }

    @Test
    void helpShowsWordsByTheirPlace() {
        String text = assertInstanceOf(Invocation.Help.class, parse("explain", "--help"))
                .text();
        assertTrue(
                text.startsWith(
                        "Usage: fairlead explain [OPTIONS] FROM [TO]\n\nSays where a flow goes.\n\n      FROM "),
                text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "help", "--help", "-h"})
    void overviewListsCommands(String line) {
        Invocation invocation = line.isEmpty() ? parse() : parse(line);
        String text = assertInstanceOf(Invocation.Help.class, invocation).text();
        assertTrue(text.contains("\n  proxy    Runs the node agent.\n  explain  Says where a flow goes.\n"), text);
    }

    @Test
    void whateverIsWrittenIsAnswered() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] pieces = {
            "proxy",
            "help",
            "explain",
            "--",
            "-",
            "=",
            "_",
            "-p",
            "--mode",
            "--once",
            "--node-name",
            "@",
            ",",
            "'",
            "\"",
            "${x}",
            "%",
            "\\",
            "auto",
            "80",
            "-h",
            "",
            " ",
            "\0"
        };
        for (int i = 0; i < 1_000; i++) {
            String[] words = new String[random.nextInt(6)];
            for (int word = 0; word < words.length; word++) {
                words[word] = pieces[random.nextInt(pieces.length)] + pieces[random.nextInt(pieces.length)];
            }
            if (words.length > 0) {
                words[0] = random.nextBoolean() ? "proxy" : "explain";
            }
            assertDoesNotThrow(() -> parse(words), () -> "seed " + seed + ": " + Arrays.toString(words));
        }
    }

    @Test
    void wrongDeclarationsAreBugs() {
        assertThrows(IllegalArgumentException.class, () -> Option.flag("once", ""));
        assertThrows(IllegalArgumentException.class, () -> PORT.orElse("none"));
    }
}
