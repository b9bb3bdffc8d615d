package io.fairlead.cluster.write;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Writes Events on a thread of its own: the API server may be slow or away. What does not fit into the queue is dropped,
 * since an Event is a courtesy, and whoever offers one logs the same.
 *
 * <p>Thread-safe.
 */
public final class EventWriter implements AutoCloseable {

    private static final Logger LOG = System.getLogger(EventWriter.class.getName());

    private static final int QUEUE_MAX = 1000;

    /** After this many at once there is one in each pause: the API server has other things to do. */
    private static final int BURST = 25;

    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration RETRY_MAX = Duration.ofSeconds(10);

    /** Some minutes. */
    private static final int ATTEMPTS_MAX = 40;

    private final EventTarget target;
    private final long pauseNanos;
    private final BlockingQueue<ClusterEvent> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("event writer").unstarted(this::run);

    // Confined to the thread.
    private boolean refusalTold;
    /** When the bucket of turns will be full again, by {@link System#nanoTime}. */
    private long fullNanos = System.nanoTime();

    public EventWriter(EventTarget target) {
        this(target, PAUSE);
    }

    EventWriter(EventTarget target, Duration pause) {
        this.target = target;
        this.pauseNanos = pause.toNanos();
    }

    public void start() {
        thread.start();
    }

    /** Takes note; returns at once. */
    public void offer(ClusterEvent event) {
        if (!queue.offer(event)) {
            LOG.log(Level.DEBUG, "too many Events: that of {0} is left out", event.regarding());
        }
    }

    private void run() {
        try {
            while (closed.getCount() > 0) {
                ClusterEvent event = queue.take();
                awaitTurn();
                write(event);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A bucket of {@link #BURST} turns, one more in each pause. */
    private void awaitTurn() throws InterruptedException {
        long now = System.nanoTime();
        fullNanos = Math.max(now, fullNanos) + pauseNanos;
        sleep(fullNanos - now - BURST * pauseNanos);
    }

    private void write(ClusterEvent event) throws InterruptedException {
        long wait = pauseNanos;
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            try {
                target.write(event);
                refusalTold = false;
                return;
            } catch (WriteRefused e) {
                LOG.log(
                        refusalTold ? Level.DEBUG : Level.WARNING,
                        "no Event for {0}: {1}",
                        event.regarding(),
                        e.getMessage());
                refusalTold = true;
                if (!e.isWorthRetrying()) {
                    return;
                }
            }
            sleep(wait);
            wait = Math.min(4 * wait, RETRY_MAX.toNanos());
        }
    }

    private void sleep(long nanos) throws InterruptedException {
        if (closed.await(nanos, TimeUnit.NANOSECONDS)) {
            throw new InterruptedException();
        }
    }

    /** Ends; what was not written is lost. */
    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
