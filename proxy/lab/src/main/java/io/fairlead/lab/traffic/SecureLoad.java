package io.fairlead.lab.traffic;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests over TLS at a steady rate. Each worker keeps one connection for all of its requests, save some for which it
 * makes a connection that it closes again, as only a new one is shown a new certificate. A kept connection that is cut
 * counts as a failure.
 *
 * <p>Thread-safe.
 */
public final class SecureLoad implements AutoCloseable {

    private static final int WORKERS = 4;
    /** One request in so many has a connection of its own. */
    private static final int FRESH = 10;

    private final SecureClient client;
    private final long intervalNanos;
    private final LoadCounts counts = new LoadCounts();
    private final Set<X509Certificate> certificates = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean ended;

    private SecureLoad(SecureClient client, int perSecond) {
        this.client = client;
        this.intervalNanos = WORKERS * 1_000_000_000L / perSecond;
    }

    /** @param perSecond requests per second, of all workers together */
    public static SecureLoad start(SecureClient client, int perSecond) {
        SecureLoad load = new SecureLoad(client, perSecond);
        for (int i = 0; i < WORKERS; i++) {
            load.threads.add(Thread.ofPlatform().daemon().name("TLS load " + i).start(load::work));
        }
        return load;
    }

    private void work() {
        long due = System.nanoTime();
        while (!ended) {
            try (SecureConnection kept = client.connect()) {
                for (int turn = 1; !ended; turn++) {
                    ask(kept, turn, due);
                    due += intervalNanos;
                    LockSupport.parkNanos(due - System.nanoTime());
                }
            } catch (IOException e) {
                counts.failed(FailureKind.of(e), client.from().name() + " -> " + client.target() + ": " + e);
                due += intervalNanos;
                LockSupport.parkNanos(due - System.nanoTime());
            }
        }
    }

    private void ask(SecureConnection kept, int turn, long due) throws IOException {
        long start = System.nanoTime();
        counts.started(Math.max(0, start - due));
        if (turn % FRESH != 0) {
            counts.answered(kept.ask(), System.nanoTime() - start);
            return;
        }
        try (SecureConnection fresh = client.connect()) {
            certificates.add(fresh.certificate());
            counts.answered(fresh.ask(), System.nanoTime() - start);
        }
    }

    /** What happened so far. */
    public LoadReport report() {
        return counts.report();
    }

    /** What the server showed to new connections so far. */
    public Set<X509Certificate> certificates() {
        return Set.copyOf(certificates);
    }

    /** Begins no more requests and waits for those under way. */
    public LoadReport finish() {
        ended = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return report();
    }

    /** Ends it without waiting for answers. */
    @Override
    public void close() {
        ended = true;
    }
}
