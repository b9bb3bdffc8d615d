package io.fairlead.lab.demo;

import io.fairlead.lab.topology.HostSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Arithmetic with answers counted by pod.
 *
 * <p>Immutable: pure functions.
 */
final class Shares {

    /** Standard deviations that a share may be off; beyond six, chance has one in 500 million. */
    private static final double DEVIATIONS_MAX = 6;

    private Shares() {}

    /** What came in between two counts. */
    static Map<String, Long> between(Map<String, Long> earlier, Map<String, Long> later) {
        Map<String, Long> difference = new TreeMap<>();
        later.forEach((pod, count) -> {
            long more = count - earlier.getOrDefault(pod, 0L);
            if (more > 0) {
                difference.put(pod, more);
            }
        });
        return difference;
    }

    /** Whether exactly these pods answered, each about as often as a fair choice for each connection makes likely. */
    static boolean areFair(Map<String, Long> answers, List<HostSpec> pods) {
        boolean exactly =
                answers.keySet().equals(pods.stream().map(HostSpec::name).collect(Collectors.toSet()));
        if (!exactly) {
            return false;
        }
        double total = answers.values().stream().mapToLong(Long::longValue).sum();
        double probability = 1.0 / pods.size();
        double deviation = Math.sqrt(total * probability * (1 - probability));
        return answers.values().stream()
                .allMatch(count -> Math.abs(count - total * probability) <= DEVIATIONS_MAX * deviation);
    }
}
