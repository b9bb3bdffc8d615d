package io.fairlead.ingress.proxy;

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

    /** Hot path: counts it, unless it was. */
    void end(PreparedRoute route) {
        if (running) {
            running = false;
            route.stats().ended(worker.index(), status, worker.nanoTime() - startNanos, requestBytes, answerBytes);
        }
    }
}
