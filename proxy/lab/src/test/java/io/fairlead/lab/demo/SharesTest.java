package io.fairlead.lab.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.topology.Topology;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SharesTest {

    private static final List<HostSpec> PODS = Topology.of(2, 2).pods();

    @Test
    void fairChoicesAreFairAndUnfairOnesAreNot() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 1000; round++) {
            Map<String, Long> answers = new HashMap<>();
            for (int i = 0; i < 300; i++) {
                answers.merge(PODS.get(random.nextInt(PODS.size())).name(), 1L, Long::sum);
            }
            assertTrue(Shares.areFair(answers, PODS), answers + ", seed " + seed);
        }
        assertFalse(Shares.areFair(Map.of("pod-1-1", 150L, "pod-1-2", 50L, "pod-2-1", 50L, "pod-2-2", 50L), PODS));
    }

    @Test
    void aStrangerOrAMissingPodIsNotFair() {
        assertFalse(Shares.areFair(Map.of("pod-1-1", 100L, "pod-1-2", 100L, "pod-2-1", 100L), PODS));
        assertFalse(Shares.areFair(
                Map.of("pod-1-1", 100L, "pod-1-2", 100L, "pod-2-1", 100L, "pod-2-2", 100L, "pod-9-9", 1L), PODS));
    }

    @Test
    void differenceLeavesOutWhoDidNotAnswer() {
        assertEquals(
                Map.of("b", 2L, "c", 3L), Shares.between(Map.of("a", 5L, "b", 1L), Map.of("a", 5L, "b", 3L, "c", 3L)));
    }
}
