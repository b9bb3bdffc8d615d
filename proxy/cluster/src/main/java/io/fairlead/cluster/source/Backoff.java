package io.fairlead.cluster.source;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits that double from one failure to the next, up to a maximum, each shortened by a random part of up to a half:
 * nodes that lost the API server together must not come back together.
 *
 * <p>Confined to the thread of its watch.
 */
final class Backoff {

    private final Duration min;
    private final Duration max;
    private final RandomGenerator random;
    private Duration next;

    Backoff(Duration min, Duration max, RandomGenerator random) {
        this.min = min;
        this.max = max;
        this.random = random;
        this.next = min;
    }

    Duration next() {
        Duration full = next;
        Duration doubled = full.multipliedBy(2);
        next = doubled.compareTo(max) < 0 ? doubled : max;
        return Duration.ofNanos((long) (full.toNanos() * (0.5 + 0.5 * random.nextDouble())));
    }

    void reset() {
        next = min;
    }
}
