package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.test.Poll;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients of the sample that connect one after another until this is closed.
 *
 * <p>Thread-safe.
 */
final class ConnectingClients implements AutoCloseable {

    private static final Duration MORE_MAX = Duration.ofSeconds(5);
    private static final int MORE = 10;

    private final SampleNode node;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final Thread thread;

    ConnectingClients(SampleNode node) {
        this.node = node;
        this.thread = Thread.ofPlatform().daemon().name("clients").start(this::run);
    }

    private void run() {
        while (!ended.get()) {
            boolean both = node.answers(SampleNode.CLUSTER_ADDRESS, 80) && node.answers(SampleNode.NODE_ADDRESS, 30080);
            (both ? answered : failed).incrementAndGet();
        }
    }

    /** Some more come, and nobody so far was left without an answer. */
    void expectNoFailure() {
        int before = answered.get();
        Poll.until("some more", MORE_MAX, () -> answered.get() > before + MORE);
        assertEquals(0, failed.get(), () -> "of " + answered.get());
    }

    int answered() {
        return answered.get();
    }

    @Override
    public void close() {
        ended.set(true);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
