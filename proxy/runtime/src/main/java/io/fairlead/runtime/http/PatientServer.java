package io.fairlead.runtime.http;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server whose place may be taken: it is tried again until it is free, because what the program is for goes on without
 * its pages. It is free when the process ends whose place this one takes.
 *
 * <p>Thread-safe.
 */
public final class PatientServer implements AutoCloseable {

    private static final Logger LOG = System.getLogger(PatientServer.class.getName());

    /** kube-proxy's. */
    public static final Duration RETRY = Duration.ofSeconds(5);

    private final String name;
    private final HttpEndpoint endpoint;
    private final Map<String, HttpHandler> pages;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition end = lock.newCondition();

    // Guarded by the lock.
    private @Nullable HttpServer server;
    private boolean closed;

    private PatientServer(String name, HttpEndpoint endpoint, Map<String, HttpHandler> pages) {
        this.name = name;
        this.endpoint = endpoint;
        this.pages = pages;
    }

    /**
     * Listens, or goes on trying.
     *
     * @param name for the log, for example {@code metrics}
     * @param onRefusal is told why it does not listen yet
     */
    public static PatientServer start(
            String name,
            HttpEndpoint endpoint,
            Map<String, HttpHandler> pages,
            Duration retry,
            Consumer<String> onRefusal) {
        PatientServer patient = new PatientServer(name, endpoint, pages);
        try {
            patient.listen();
        } catch (ListenException e) {
            LOG.log(Level.WARNING, "no {0} page, to be retried: {1}", name, e.getMessage());
            onRefusal.accept(String.valueOf(e.getMessage()));
            Thread.ofPlatform().daemon().name("retry " + name).start(() -> patient.retry(retry));
        }
        return patient;
    }

    private void listen() {
        lock.lock();
        try {
            if (!closed) {
                server = HttpServer.start(endpoint, pages, HttpLimits.DEFAULT);
            }
        } finally {
            lock.unlock();
        }
    }

    private void retry(Duration pause) {
        while (waitFor(pause)) {
            try {
                listen();
                LOG.log(Level.INFO, "{0} page at {1}", name, endpoint);
                return;
            } catch (ListenException e) {
                LOG.log(Level.DEBUG, "no {0} page yet: {1}", name, e.getMessage());
            }
        }
    }

    /** @return false at the end */
    private boolean waitFor(Duration pause) {
        lock.lock();
        try {
            long left = pause.toNanos();
            while (!closed && left > 0) {
                left = end.awaitNanos(left);
            }
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            end.signal();
            if (server != null) {
                server.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
