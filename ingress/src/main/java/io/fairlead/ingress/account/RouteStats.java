package io.fairlead.ingress.account;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The numbers of one label: each event loop counts for itself, and whoever reads adds them up.
 *
 * <p>Thread-safe: each row has one writer.
 */
public final class RouteStats {

    /** Upper bounds of the durations' buckets, in microseconds; those that dashboards of ingress controllers use. */
    private static final long[] BOUNDS_MICROS = {
        5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000
    };

    /** Statuses 100 to 599, by their hundreds; others with the last. */
    static final int CLASSES = 5;

    private static final int BUCKETS_AT = CLASSES;
    private static final int SUM_AT = BUCKETS_AT + BOUNDS_MICROS.length + 1;
    private static final int REQUEST_BYTES_AT = SUM_AT + 1;
    private static final int ANSWER_BYTES_AT = REQUEST_BYTES_AT + 1;
    private static final int CELLS = ANSWER_BYTES_AT + 1;

    private final RouteLabel label;
    private final AtomicLongArray[] rows;

    public RouteStats(RouteLabel label, int workers) {
        this.label = label;
        rows = new AtomicLongArray[workers];
        for (int i = 0; i < workers; i++) {
            rows[i] = new AtomicLongArray(CELLS);
        }
    }

    public RouteLabel label() {
        return label;
    }

    /**
     * Hot path: a request ended.
     *
     * @param requestBytes of its content
     * @param answerBytes of the answer's content
     */
    public void ended(int worker, int status, long nanos, long requestBytes, long answerBytes) {
        AtomicLongArray row = rows[worker];
        long micros = nanos / 1_000;
        add(row, Math.clamp(status / 100 - 1, 0, CLASSES - 1), 1);
        add(row, BUCKETS_AT + bucket(micros), 1);
        add(row, SUM_AT, micros);
        add(row, REQUEST_BYTES_AT, requestBytes);
        add(row, ANSWER_BYTES_AT, answerBytes);
    }

    private static int bucket(long micros) {
        int bucket = 0;
        while (bucket < BOUNDS_MICROS.length && micros > BOUNDS_MICROS[bucket]) {
            bucket++;
        }
        return bucket;
    }

    private static void add(AtomicLongArray row, int cell, long value) {
        row.setRelease(cell, row.getPlain(cell) + value);
    }

    private long sum(int cell) {
        long sum = 0;
        for (AtomicLongArray row : rows) {
            sum += row.getAcquire(cell);
        }
        return sum;
    }

    /** Requests that were answered with a status of this hundred, from 0 for 1xx. */
    long requests(int statusClass) {
        return sum(statusClass);
    }

    static int buckets() {
        return BOUNDS_MICROS.length + 1;
    }

    /** Upper bound of a bucket in seconds; the last has none. */
    static double boundSeconds(int bucket) {
        return BOUNDS_MICROS[bucket] / 1e6;
    }

    /** Requests whose duration was in this bucket. */
    long inBucket(int bucket) {
        return sum(BUCKETS_AT + bucket);
    }

    double durationSeconds() {
        return sum(SUM_AT) / 1e6;
    }

    long requestBytes() {
        return sum(REQUEST_BYTES_AT);
    }

    long answerBytes() {
        return sum(ANSWER_BYTES_AT);
    }
}
