package io.fairlead.agent.neighbour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What follows from a row of looks. Confined to the test thread. */
class NeighbourWatchTest {

    private static final Map<KubeProxyTrace, Integer> NONE = Map.of();
    private static final Map<KubeProxyTrace, Integer> TABLE = Map.of(KubeProxyTrace.NFTABLES, 1);
    private static final Map<KubeProxyTrace, Integer> CHANGED = Map.of(KubeProxyTrace.NFTABLES, 2);
    private static final KubeProxyEvidence PROCESS = new KubeProxyEvidence.Running(7);
    private static final KubeProxyEvidence WRITING = new KubeProxyEvidence.Writing(KubeProxyTrace.NFTABLES);

    private static final long START = 5;

    private final NeighbourWatch watch = new NeighbourWatch(
            new NeighbourWatch.Settings(false, () -> true),
            _ -> {},
            new KubeProxyProcesses(Path.of("/none"), 1),
            START);
    private long now = START;

    private NeighbourReport look(
            Map<KubeProxyTrace, Integer> traces, boolean seesTheNode, KubeProxyEvidence... certain) {
        now += NeighbourWatch.INTERVAL.toNanos();
        return watch.judge(traces, List.of(certain), seesTheNode, now);
    }

    @Test
    void whatWasThereBeforeUsIsLeftOver() {
        assertTrue(look(TABLE, false).hasLeftovers());
        assertTrue(look(TABLE, false).hasLeftovers());
        assertFalse(look(NONE, false).hasLeftovers());
    }

    @Test
    void processThatIsSeenRuns() {
        NeighbourReport report = look(TABLE, true, PROCESS);
        assertEquals(List.of(PROCESS), report.running());
        assertFalse(report.hasLeftovers());
        assertTrue(look(TABLE, true).hasLeftovers(), "it has gone");
    }

    @Test
    void objectsThatComeOrChangeMeanThatAnUnseenProcessWrites() {
        look(NONE, false);
        assertEquals(List.of(WRITING), look(TABLE, false).running());
        now += NeighbourWatch.WRITING.toNanos();
        assertTrue(look(TABLE, false).hasLeftovers(), "nobody has written for long");
        assertEquals(List.of(WRITING), look(CHANGED, false).running());
        assertEquals(List.of(), look(NONE, false).running(), "somebody has removed them");
    }

    @Test
    void whereProcessesAreVisibleTheirAbsenceCounts() {
        look(NONE, true);
        look(TABLE, true, PROCESS);
        NeighbourReport report = look(CHANGED, true);
        assertEquals(List.of(), report.running());
        assertTrue(report.hasLeftovers());
    }

    @Test
    void objectsThatOnlyGoAreNobodysWork() {
        look(Map.of(KubeProxyTrace.NFTABLES, 1, KubeProxyTrace.IPSETS, 0), false);
        assertEquals(List.of(), look(TABLE, false).running());
    }

    /** It may be the time between two syncs of a kube-proxy that cannot be seen. */
    @Test
    void quietIsOneSpanWithoutEvidenceWherePodsHideProcesses() {
        look(TABLE, false);
        assertFalse(watch.isQuiet(false, START + NeighbourWatch.WRITING.toNanos()));
        assertTrue(watch.isQuiet(false, START + NeighbourWatch.WRITING.toNanos() + 1));
        look(CHANGED, false);
        long written = now;
        look(CHANGED, false);
        assertFalse(watch.isQuiet(false, written + NeighbourWatch.WRITING.toNanos()));
        assertTrue(watch.isQuiet(false, written + NeighbourWatch.WRITING.toNanos() + 1));
        look(CHANGED, false, PROCESS);
        assertFalse(watch.isQuiet(false, now + NeighbourWatch.WRITING.toNanos()));
        assertTrue(watch.isQuiet(true, now), "it would be seen");
    }

    @Test
    void warningsSayWhatToDo() {
        String running = look(TABLE, true, PROCESS).warnings().getFirst();
        assertTrue(running.contains("process 7") && running.contains("keep it off this node"), running);
        String left = look(TABLE, true).warnings().getFirst();
        assertTrue(left.contains("nftables tables kube-proxy") && left.contains("cleanup --kube-proxy"), left);
        assertEquals(List.of(), look(NONE, true).warnings());
    }
}
