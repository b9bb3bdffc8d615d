package io.fairlead.ingress.accesslog;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Writes the lines of all event loops to a stream, those of one loop in their order.
 *
 * <p>Thread-safe.
 */
public final class AccessLog implements AutoCloseable {

    private static final Logger LOG = System.getLogger(AccessLog.class.getName());
    private static final long PAUSE_MILLIS = 50;

    private final OutputStream out;
    private final List<WorkerLog> workers = new ArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;

    private AccessLog(LogFormat format, OutputStream out, int loops, InstantSource clock) {
        this.out = out;
        for (int i = 0; i < loops; i++) {
            workers.add(new WorkerLog(new LineWriter(format, clock)));
        }
        thread = Thread.ofPlatform().daemon().name("access-log").start(this::run);
    }

    /**
     * Begins a log.
     *
     * @param loops how many event loops write to it
     * @return nothing if there are no lines in this format
     */
    public static Optional<AccessLog> start(LogFormat format, OutputStream out, int loops, InstantSource clock) {
        return format == LogFormat.NONE ? Optional.empty() : Optional.of(new AccessLog(format, out, loops, clock));
    }

    /** That of an event loop, by its place among them. */
    public WorkerLog worker(int index) {
        return workers.get(index);
    }

    /** Lines that could not be written as fast as they came. */
    public long lost() {
        return workers.stream().mapToLong(WorkerLog::lost).sum();
    }

    private void run() {
        try {
            while (!end.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                boolean some = false;
                for (WorkerLog each : workers) {
                    some |= each.drainTo(out);
                }
                if (some) {
                    out.flush();
                }
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, "the access log ends: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes what is left; the event loops have ended. */
    @Override
    public void close() {
        end.countDown();
        try {
            thread.join();
            for (WorkerLog each : workers) {
                each.drainAllTo(out);
            }
            out.flush();
        } catch (IOException e) {
            LOG.log(Level.ERROR, "the end of the access log is lost: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
