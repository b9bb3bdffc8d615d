package io.fairlead.test.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The scenario format: what it takes, and what it says about mistakes.
 *
 * <p>Confined to the test thread.
 */
final class ScenarioParserTest {

    private static final String FLOWS = "-- flows --\n";

    private static Scenario parse(String text) {
        return ScenarioParser.parse("web.txt", text.lines().toList());
    }

    private static List<FlowRow> rows(String rows) {
        Scenario scenario = parse("A sentence.\nsteps:\n  expect flows = flows\n" + FLOWS + rows);
        return FlowTable.read(scenario.section("flows"), PlaneKind.NFTABLES);
    }

    private static String mistake(Runnable reading) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, reading::run).getMessage());
    }

    @Test
    void readsSentenceHeadersStepsAndSections() {
        Scenario scenario = parse("""
                A sentence
                of two lines.
                node: masquerade-all=true
                fakes only: no time here
                as written only: history counts
                steps:
                  apply web
                  advance 30s
                  expect clean
                -- web --
                kind: Service
                """);
        assertEquals("web", scenario.name());
        assertEquals("A sentence of two lines.", scenario.sentence());
        assertTrue(scenario.policy().masqueradeAll());
        assertEquals("no time here", scenario.fakesOnly());
        assertEquals("history counts", scenario.asWrittenOnly());
        assertEquals(3, scenario.steps().size());
        assertEquals(List.of("kind: Service"), scenario.section("web").lines());
    }

    @Test
    void mistakesNameFileAndLine() {
        assertEquals("web.txt:3: no step 'fly away'", mistake(() -> parse("A sentence.\nsteps:\n  fly away\n")));
        assertEquals("web.txt:2: no option 'colour'", mistake(() -> parse("A sentence.\nnode: colour=red\nsteps:\n")));
        assertEquals(
                "web.txt:1: a scenario begins with a sentence and has steps", mistake(() -> parse("A sentence.\n")));
        assertEquals(
                "web.txt:5: a second section 'a'",
                mistake(() -> parse("A sentence.\nsteps:\n  restart\n-- a --\n-- a --\n")));
        assertEquals(
                "web: there is no section 'b'",
                mistake(() -> parse("A sentence.\nsteps:\n  restart\n").section("b")));
    }

    @Test
    void readsRowsOfFlows() {
        List<FlowRow> rows = rows("""
                pod-a, node  172.30.0.1:80/tcp  10.180.0.1:8080 or 10.180.1.1:8080, masqueraded
                # a remark
                pod-b  [fd00:172:30::1]:53/udp  [fd00:10:180::102]:53 masqueraded or [fd00::1]:53 source kept, sticky
                """);
        assertEquals(3, rows.size());
        assertEquals(Client.NODE, rows.get(1).client());
        assertEquals(
                Set.of("10.180.0.1:8080 masqueraded", "10.180.1.1:8080 masqueraded"),
                rows.getFirst().outcomes());
        assertEquals(FlowRow.Stickiness.STICKY, rows.getLast().stickiness());
        assertEquals(
                Set.of("[fd00:10:180::102]:53 masqueraded", "[fd00::1]:53 source kept"),
                rows.getLast().outcomes());
        assertTrue(
                rows.getLast().where().startsWith("web.txt:7"), rows.getLast().where());
    }

    @Test
    void mistakesInRowsNameFileAndLine() {
        assertEquals("web.txt:5: no client 'pod-z'", mistake(() -> rows("pod-z  172.30.0.1:80/tcp  reject\n")));
        assertEquals(
                "web.txt:5: '172.30.0.1' is not ADDRESS:PORT/PROTOCOL",
                mistake(() -> rows("pod-a  172.30.0.1  reject\n")));
        assertEquals(
                "web.txt:5: '10.180.0.1:80' says neither 'masqueraded' nor 'source kept'",
                mistake(() -> rows("pod-a  172.30.0.1:80/tcp  10.180.0.1:80\n")));
        assertEquals(
                "web.txt:5: expected client, address and result, with two blanks between them",
                mistake(() -> rows("pod-a 172.30.0.1:80/tcp reject\n")));
        assertEquals("web.txt:5: no flows", mistake(() -> rows("\n")));
    }
}
