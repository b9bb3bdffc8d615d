package io.fairlead.lab.traffic;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a load has met so far.
 *
 * <p>Immutable.
 *
 * @param started connections that were begun
 * @param answered those that a pod answered
 * @param failures those that failed, by kind; kinds that did not happen are left out
 * @param firstFailures of the first few: who asked whom, how it failed, how long after the begin of the load
 * @param byPod answers of each pod
 * @param sources client addresses that pods saw, the first few
 * @param latencies from connect to the last byte of the answer
 * @param longestGap the longest time without any answer
 * @param longestLag how much too late a connection was begun at most: if this is long, the machine was too busy for the
 *     rate, and failures and latencies say little about what was asked
 * @param elapsed from the begin of the load to the last connection that ended
 */
public record LoadReport(
        long started,
        long answered,
        Map<FailureKind, Long> failures,
        List<String> firstFailures,
        Map<String, Long> byPod,
        Set<InetAddress> sources,
        Latencies latencies,
        Duration longestGap,
        Duration longestLag,
        Duration elapsed) {

    public LoadReport {
        failures = Map.copyOf(failures);
        firstFailures = List.copyOf(firstFailures);
        byPod = Map.copyOf(byPod);
        sources = Set.copyOf(sources);
    }

    public long failed() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Connections per second. */
    public double rate() {
        return started / Math.max(1e-9, elapsed.toNanos() / 1e9);
    }
}
