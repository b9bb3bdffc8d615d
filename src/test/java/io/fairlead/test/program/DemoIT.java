package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.run.LabRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code fairlead demo} to its end, and broken off.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class DemoIT {

    private static final Duration STORY_TIMEOUT = Duration.ofSeconds(50);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final String AGENTS_RUN = "agents ready";
    private static final int INTERRUPTED = 128 + 2;
    private static final int UNAVAILABLE = 69;
    private static final int KILLED = 128 + 9;

    @TempDir
    private Path folder;

    /** Where a test failed in the middle, something may be left. */
    @AfterEach
    void remove() {
        LabRun.start(base()).close();
    }

    private Path base() {
        return folder.resolve("lab");
    }

    /** As in a terminal: a group of processes of its own, which hears of ^C. */
    private Program startDemo(String... more) {
        List<String> line = new ArrayList<>(List.of("env", "--default-signal=INT", "setsid"));
        line.addAll(Fairlead.line("demo", "--fast", "--run-dir", base().toString()));
        line.addAll(List.of(more));
        return Program.start(line);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void tellsTheWholeStoryAndLeavesNothing(int nodes) {
        try (Program demo = startDemo("--nodes", Integer.toString(nodes))) {
            demo.awaitText(AGENTS_RUN, STORY_TIMEOUT);
            DemoTraces traces = DemoTraces.of(base());
            Set<String> there = traces.left();
            assertTrue(
                    there.stream().filter(trace -> trace.startsWith("process")).count() >= nodes, there::toString);
            assertTrue(
                    there.stream()
                                    .filter(trace -> trace.startsWith("namespace"))
                                    .count()
                            >= 4,
                    there::toString);
            Program.Ended end = demo.awaitEnd(STORY_TIMEOUT);
            assertEquals(0, end.exitCode(), end::toString);
            assertTrue(end.out().contains("All as it should be"), end::toString);
            assertTrue(end.out().lines().anyMatch(line -> line.matches(" *checks +(\\d+) of \\1 hold")), end::toString);
            assertTrue(end.out().contains("everything is removed again"), end::toString);
            assertEquals("", end.err());
            assertEquals(Set.of(), traces.left());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Fairlead demo", AGENTS_RUN, "kill -9 of the agent", "ingress ready"})
    void interruptedItLeavesNothing(String moment) {
        try (Program demo = startDemo()) {
            demo.awaitText(moment, STORY_TIMEOUT);
            DemoTraces traces = DemoTraces.of(base());
            assertFalse(traces.left().isEmpty());
            demo.signalGroup("INT");
            Program.Ended end = demo.awaitEnd(STOP_TIMEOUT);
            assertEquals(INTERRUPTED, end.exitCode(), end::toString);
            assertEquals("", end.err());
            assertEquals(Set.of(), traces.left());
        }
    }

    @Test
    void withoutPrivilegesOneSentenceAndNothingMade() {
        List<String> line = Fairlead.line("demo", "--run-dir", base().toString());
        Program.Ended end = Fairlead.end(Program.start(Fairlead.withoutPrivileges(line)));
        assertEquals(UNAVAILABLE, end.exitCode(), end::toString);
        assertEquals(1, end.err().lines().count(), end::toString);
        assertTrue(end.err().startsWith("error: "), end::toString);
        assertFalse(Files.exists(base()));
    }

    @Test
    void nextRunRemovesWhatAKilledOneLeft() {
        DemoTraces killed;
        try (Program demo = startDemo()) {
            demo.awaitText(AGENTS_RUN, STORY_TIMEOUT);
            killed = DemoTraces.of(base());
            demo.signal("KILL");
            assertEquals(KILLED, demo.awaitEnd(STOP_TIMEOUT).exitCode());
        }
        assertTrue(killed.left().stream().anyMatch(trace -> trace.startsWith("process")), () -> "agents live on");
        assertTrue(killed.left().stream().anyMatch(trace -> trace.startsWith("namespace")), () -> "so do networks");
        try (Program next = startDemo()) {
            next.awaitText("removed what an earlier run left behind", STORY_TIMEOUT);
            assertEquals(Set.of(), killed.left());
            DemoTraces traces = DemoTraces.of(base());
            next.signalGroup("INT");
            next.awaitEnd(STOP_TIMEOUT);
            assertEquals(Set.of(), traces.left());
        }
    }
}
