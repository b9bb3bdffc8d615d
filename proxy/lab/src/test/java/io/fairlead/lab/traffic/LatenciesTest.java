package io.fairlead.lab.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatenciesTest {

    private static Latencies of(long... micros) {
        long[] counts = new long[Latencies.BUCKETS];
        for (long value : micros) {
            counts[Latencies.bucket(value)]++;
        }
        return new Latencies(counts);
    }

    @Test
    void nothingHasNoPercentile() {
        assertEquals(Duration.ZERO, of().percentile(0.5));
    }

    @Test
    void smallValuesAreExact() {
        Latencies latencies = of(1, 2, 3, 40);
        assertEquals(Duration.ofNanos(2000), latencies.percentile(0.5));
        assertEquals(Duration.ofNanos(40_000), latencies.percentile(1));
    }

    @Test
    void everyValueIsFoundWithinAThirtySecondPart() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            long micros = random.nextLong(1L << random.nextInt(1, 26));
            long found = of(micros).percentile(0.99).toNanos() / 1000;
            assertTrue(found >= micros && found <= micros + micros / 32 + 1, micros + " became " + found + ", " + seed);
        }
    }

    @Test
    void whatIsTooLongCountsAsTheLongest() {
        assertEquals(67, of(Long.MAX_VALUE).percentile(0.5).toSeconds());
    }
}
