package io.fairlead.bench.process;

import java.util.Arrays;

/**
 * Measured times, or any other numbers, of which quantiles are asked.
 *
 * <p>Confined to one thread at a time.
 */
public final class Samples {

    private long[] values = new long[1024];
    private int size;

    public void add(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    public int size() {
        return size;
    }

    /**
     * The smallest value that at least this share of all values do not exceed.
     *
     * @param share 0.5 for the median, 1 for the greatest
     */
    public long quantile(double share) {
        if (size == 0) {
            throw new IllegalStateException("nothing was measured");
        }
        long[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(share * size) - 1)];
    }

    public void clear() {
        size = 0;
    }
}
