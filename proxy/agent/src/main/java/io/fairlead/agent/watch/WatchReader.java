package io.fairlead.agent.watch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The mailbox of one who watches: holds so much and no more, and counts what it cannot hold.
 *
 * <p>Thread-safe.
 */
final class WatchReader implements AutoCloseable {

    /** Lines that wait at most; a reader that is slower loses some. */
    static final int LINES_MAX = 4096;

    /** Taken at once. */
    private static final int BATCH = 256;

    private final String filter;
    private final Consumer<WatchReader> onClose;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrival = lock.newCondition();

    // Guarded by the lock.
    private final Queue<Supplier<WatchEvent>> waiting = new ArrayDeque<>();
    private long lost;
    private boolean ended;

    /** @param filter part of the name of an object */
    WatchReader(String filter, Consumer<WatchReader> onClose) {
        this.filter = filter;
        this.onClose = onClose;
    }

    boolean wants(String object) {
        return object.contains(filter);
    }

    /** Leaves an event, which is worked out by the reader. Never waits. */
    void leave(Supplier<WatchEvent> event) {
        lock.lock();
        try {
            if (waiting.size() == LINES_MAX) {
                lost++;
            } else {
                waiting.add(event);
                arrival.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** No more will come. */
    void end() {
        lock.lock();
        try {
            ended = true;
            arrival.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What came since.
     *
     * @param lost events that did not fit behind these
     */
    record Batch(List<WatchEvent> events, long lost) {}

    /**
     * Waits for news, for a while; the batch may be empty.
     *
     * @return nothing when there will be no more
     */
    Optional<Batch> take(Duration patience) throws InterruptedException {
        List<Supplier<WatchEvent>> taken = new ArrayList<>();
        long missing;
        lock.lock();
        try {
            long left = patience.toNanos();
            while (waiting.isEmpty() && !ended && left > 0) {
                left = arrival.awaitNanos(left);
            }
            if (waiting.isEmpty() && ended) {
                return Optional.empty();
            }
            while (taken.size() < BATCH && !waiting.isEmpty()) {
                taken.add(waiting.remove());
            }
            missing = waiting.isEmpty() ? lost : 0;
            lost -= missing;
        } finally {
            lock.unlock();
        }
        return Optional.of(new Batch(taken.stream().map(Supplier::get).toList(), missing));
    }

    @Override
    public void close() {
        onClose.accept(this);
    }
}
