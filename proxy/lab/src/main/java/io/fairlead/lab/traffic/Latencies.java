package io.fairlead.lab.traffic;

import java.time.Duration;

/**
 * How long things took, with an error of at most 1/32 of each value.
 *
 * <p>Counts per bucket: values below 64 µs have one each, then each power of two has 32. Immutable.
 */
public final class Latencies {

    private static final int SUB_BITS = 5;
    private static final int SUB_BUCKETS = 1 << SUB_BITS;

    /** 67 s; what is longer counts as this. */
    private static final long MICROS_MAX = (1L << 26) - 1;

    static final int BUCKETS = bucket(MICROS_MAX) + 1;

    private final long[] counts;

    /** @param counts by bucket; copied */
    Latencies(long[] counts) {
        this.counts = counts.clone();
    }

    static int bucket(long micros) {
        long value = Math.clamp(micros, 0, MICROS_MAX);
        int shift = Math.max(0, 63 - Long.numberOfLeadingZeros(value | 1) - SUB_BITS);
        return shift * SUB_BUCKETS + (int) (value >> shift);
    }

    /** The largest value of a bucket. */
    private static long micros(int bucket) {
        int shift = Math.max(0, bucket / SUB_BUCKETS - 1);
        return ((long) (bucket - shift * SUB_BUCKETS + 1) << shift) - 1;
    }

    /**
     * The least time that this share of all values does not exceed; zero without values.
     *
     * @param share 0 to 1
     */
    public Duration percentile(double share) {
        long all = 0;
        for (long count : counts) {
            all += count;
        }
        long wanted = (long) Math.ceil(all * share);
        long seen = 0;
        for (int bucket = 0; bucket < counts.length; bucket++) {
            seen += counts[bucket];
            if (seen >= wanted && seen > 0) {
                return Duration.ofNanos(micros(bucket) * 1000);
            }
        }
        return Duration.ZERO;
    }
}
