package io.fairlead.lab.traffic;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The counters behind a {@link LoadReport}.
 *
 * <p>Thread-safe.
 */
final class LoadCounts {

    private static final int SOURCES_MAX = 64;
    private static final int FIRST_FAILURES_MAX = 10;

    private final long begin = System.nanoTime();
    private final long[] latencies = new long[Latencies.BUCKETS];
    private final Map<FailureKind, Long> failures = new EnumMap<>(FailureKind.class);
    private final List<String> firstFailures = new ArrayList<>();
    private final Map<String, Long> byPod = new TreeMap<>();
    private final Set<InetAddress> sources = new HashSet<>();
    private long started;
    private long answered;
    private long lastAnswer = begin;
    private long lastEnd = begin;
    private long longestGap;
    private long longestLag;

    /** @param lagNanos how much later than it was due */
    synchronized void started(long lagNanos) {
        longestLag = Math.max(longestLag, lagNanos);
        started++;
    }

    synchronized void answered(Answer answer, long nanos) {
        long now = System.nanoTime();
        longestGap = Math.max(longestGap, now - lastAnswer);
        lastAnswer = now;
        lastEnd = now;
        answered++;
        latencies[Latencies.bucket(nanos / 1000)]++;
        byPod.merge(answer.pod(), 1L, Long::sum);
        if (sources.size() < SOURCES_MAX) {
            sources.add(answer.source());
        }
    }

    /** @param how from where to where */
    synchronized void failed(FailureKind kind, String how) {
        lastEnd = System.nanoTime();
        failures.merge(kind, 1L, Long::sum);
        if (firstFailures.size() < FIRST_FAILURES_MAX) {
            firstFailures.add(how + " " + kind + " after " + Duration.ofNanos(lastEnd - begin));
        }
    }

    synchronized LoadReport report() {
        return new LoadReport(
                started,
                answered,
                failures,
                firstFailures,
                byPod,
                sources,
                new Latencies(latencies),
                Duration.ofNanos(longestGap),
                Duration.ofNanos(longestLag),
                Duration.ofNanos(lastEnd - begin));
    }
}
