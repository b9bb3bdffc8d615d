package io.fairlead.ingress.proxy;

import io.fairlead.ingress.accesslog.AccessEntry;
import io.fairlead.ingress.loop.Worker;

/**
 * What a request comes to; it is counted once, at its end.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
final class RequestTally {

    private final Worker worker;
    private boolean running;
    private int status;
    private long startNanos;
    private long nanos;
    private long requestBytes;
    private long answerBytes;

    RequestTally(Worker worker) {
        this.worker = worker;
    }

    /** Hot path. */
    void begin() {
        running = true;
        status = 0;
        startNanos = worker.nanoTime();
        requestBytes = 0;
        answerBytes = 0;
    }

    void status(int answered) {
        status = answered;
    }

    /** Hot path: a piece of the request's content. */
    void requested(int bytes) {
        requestBytes += bytes;
    }

    /** Hot path: a piece of the answer's content. */
    void answered(int bytes) {
        answerBytes += bytes;
    }

    /**
     * Hot path: counts it.
     *
     * @return false if it was counted before
     */
    boolean end(PreparedRoute route) {
        if (!running) {
            return false;
        }
        running = false;
        nanos = worker.nanoTime() - startNanos;
        route.stats().ended(worker.index(), status, nanos, requestBytes, answerBytes);
        return true;
    }

    /** Hot path: says for the log what it came to. */
    void fill(AccessEntry entry) {
        entry.answered(status, nanos, requestBytes, answerBytes);
    }
}
