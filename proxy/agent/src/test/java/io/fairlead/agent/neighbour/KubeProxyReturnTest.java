package io.fairlead.agent.neighbour;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.agent.neighbour.KubeProxyProcesses.Sync;
import io.fairlead.agent.neighbour.KubeProxyReturn.Answer;
import io.fairlead.agent.neighbour.KubeProxyReturn.Look;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What follows from a row of looks. Confined to the test thread. */
class KubeProxyReturnTest {

    private static final Map<KubeProxyTrace, Integer> FIRST = Map.of(KubeProxyTrace.NFTABLES, 1);
    private static final Map<KubeProxyTrace, Integer> CHANGED = Map.of(KubeProxyTrace.NFTABLES, 2);
    private static final long LONG = KubeProxyReturn.WHILE.toNanos() + 1;

    private final KubeProxyReturn asked = new KubeProxyReturn(FIRST);

    private void expect(Answer answer, Look look, long now) {
        assertEquals(answer, asked.judge(look, now), look::toString);
    }

    @Test
    void bothFamiliesSyncedAreInForceAtOnce() {
        expect(Answer.IN_FORCE, new Look(FIRST, Sync.DONE, false, false), 1);
    }

    @Test
    void oneFamilySyncedIsEnoughAfterAWhile() {
        Look look = new Look(FIRST, Sync.OF_ONE_FAMILY, true, true);
        expect(Answer.NOT_YET, look, 1);
        expect(Answer.NOT_YET, look, LONG);
        expect(Answer.IN_FORCE, look, 1 + LONG);
    }

    @Test
    void kubeProxyThatHasNotSyncedIsWaitedFor() {
        Look look = new Look(CHANGED, Sync.NOT_DONE, true, true);
        expect(Answer.NOT_YET, look, 1);
        expect(Answer.NOT_YET, look, 1 + 5 * LONG);
    }

    @Test
    void processWithoutMetricsCountsAfterAWhile() {
        Look look = new Look(FIRST, Sync.UNKNOWN, true, true);
        expect(Answer.NOT_YET, look, 1);
        expect(Answer.IN_FORCE, look, 1 + LONG);
    }

    @Test
    void rulesThatChangeAreWrittenBySomebodyUnseen() {
        expect(Answer.NOT_YET, new Look(FIRST, Sync.UNKNOWN, false, false), 1);
        expect(Answer.NOT_YET, new Look(FIRST, Sync.UNKNOWN, false, false), 1 + LONG);
        expect(Answer.NOT_YET, new Look(CHANGED, Sync.UNKNOWN, false, false), 2 + LONG);
        expect(Answer.IN_FORCE, new Look(CHANGED, Sync.UNKNOWN, false, false), 2 + 2 * LONG);
    }

    @Test
    void rulesOfNobodyAreLeftOvers() {
        expect(Answer.NOT_IN_FORCE, new Look(FIRST, Sync.UNKNOWN, false, true), 1);
        expect(Answer.NOT_IN_FORCE, new Look(FIRST, Sync.NOT_DONE, false, true), 1);
    }
}
