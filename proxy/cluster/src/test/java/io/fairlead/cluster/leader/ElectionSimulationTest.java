package io.fairlead.cluster.leader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of elections whatever the network, the scheduler and the clocks do. */
final class ElectionSimulationTest {

    private static final ElectionTiming TIMING = ElectionTiming.STANDARD;
    private static final int SEEDS = 300;

    /** The fastest goes 1.45 times as fast as the slowest; 1.5 is what the standard timing bears. */
    private static final List<Double> SKEWED = List.of(0.83, 1.0, 1.0, 1.2);

    /** Of lost and slow requests, doubled writes, pauses and orderly ends. */
    private static ElectionSimulation trouble(long seed, List<Double> rates) {
        ElectionSimulation simulation = new ElectionSimulation(seed, TIMING, rates);
        for (int i = 0; i < 10; i++) {
            simulation.run(Duration.ofSeconds(60), false);
            if (i % 3 == 2) {
                simulation.replaceLeader();
            }
        }
        return simulation;
    }

    @Test
    void thereIsNeverMoreThanOneLeader() {
        int changes = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            ElectionSimulation simulation = trouble(seed, SKEWED);
            assertEquals(1, simulation.leadersMax(), "leaders at one moment with seed " + seed);
            changes += simulation.changes();
        }
        assertTrue(changes > 2 * SEEDS, "the trouble made " + changes + " changes only");
    }

    @Test
    void thereIsALeaderAgainSoonAfterTheTrouble() {
        for (long seed = 0; seed < SEEDS; seed++) {
            ElectionSimulation simulation = trouble(seed, SKEWED);
            // Pauses of up to 40 s may have begun just before.
            simulation.run(Duration.ofSeconds(40), true).run(Duration.ofSeconds(25), true);
            assertTrue(simulation.hasLeader(), "no leader with seed " + seed);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anotherOneLeadsWithinTwentySecondsWhenTheLeaderHangs(long seed) {
        ElectionSimulation simulation = new ElectionSimulation(seed, TIMING, List.of(1.0, 1.0, 1.0));
        simulation.run(Duration.ofSeconds(10), true);
        assertTrue(simulation.hasLeader());
        simulation.pauseLeader(Duration.ofHours(1));
        simulation.run(Duration.ofSeconds(11), true);
        assertFalse(simulation.hasLeader(), "its time is over after ten seconds, and nobody else's has begun");
        simulation.run(Duration.ofSeconds(9), true);
        assertTrue(simulation.hasLeader(), "seed " + seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anotherOneLeadsWithinThreeSecondsWhenTheLeaderEndsInOrder(long seed) {
        ElectionSimulation simulation = new ElectionSimulation(seed, TIMING, List.of(1.0, 1.0, 1.0));
        simulation.run(Duration.ofSeconds(10), true);
        assertTrue(simulation.hasLeader());
        simulation.replaceLeader();
        assertFalse(simulation.hasLeader());
        assertTrue(simulation.run(Duration.ofSeconds(3), true).hasLeader(), "seed " + seed);
    }

    /** Else the first test would show nothing. */
    @Test
    void clocksThatAreFurtherApartThanTheBoundMakeTwoLeaders() {
        assertTrue(LongStream.range(0, SEEDS)
                .anyMatch(seed -> trouble(seed, List.of(0.5, 1.0, 1.5)).leadersMax() > 1));
    }
}
