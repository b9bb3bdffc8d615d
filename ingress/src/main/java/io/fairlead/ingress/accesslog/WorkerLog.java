package io.fairlead.ingress.accesslog;

import io.fairlead.ingress.loop.Deadline;
import io.fairlead.ingress.loop.Worker;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The lines of one event loop. It fills pages, in a ring; the log's thread writes those that are full, or have waited. If
 * that thread is slower than requests come, lines are lost and counted: no request waits for the log.
 *
 * <p>Confined to the event loop's thread of its worker, but for what the log's thread calls.
 */
public final class WorkerLog {

    private static final int PAGES = 4;
    private static final long WAIT_NANOS = 200_000_000;

    private final LineWriter lines;
    private final AccessEntry entry = new AccessEntry();
    private final LogPage[] pages = new LogPage[PAGES];
    private @Nullable Worker worker;
    private @Nullable Deadline deadline;

    /** Pages that were handed over; the one of this number is being filled. */
    private final AtomicLong filled = new AtomicLong();
    /** Pages that were written. */
    private final AtomicLong written = new AtomicLong();

    private final AtomicLong lost = new AtomicLong();

    WorkerLog(LineWriter lines) {
        this.lines = lines;
        for (int i = 0; i < PAGES; i++) {
            pages[i] = new LogPage();
        }
    }

    /** Begins to hand over what has waited; called on the worker's thread. */
    public void begin(Worker own) {
        worker = own;
        deadline = own.deadline(this::waited);
    }

    /** Hot path: to be filled and {@linkplain #write written}. */
    public AccessEntry entry() {
        return entry;
    }

    /** Hot path: writes the entry as it stands. */
    public void write() {
        LogPage page = page();
        if (!page.hasRoom() && !handOver()) {
            lost.setRelease(lost.getPlain() + 1);
            return;
        }
        page = page();
        if (page.isEmpty() && worker != null && deadline != null) {
            deadline.set(worker.nanoTime() + WAIT_NANOS);
        }
        lines.write(entry, page);
    }

    private LogPage page() {
        return pages[(int) (filled.getPlain() % PAGES)];
    }

    /** Whether there is another page to fill. */
    private boolean handOver() {
        long next = filled.getPlain() + 1;
        if (next - written.getAcquire() == PAGES) {
            return false;
        }
        filled.setRelease(next);
        return true;
    }

    private void waited() {
        if (!page().isEmpty() && !handOver() && worker != null && deadline != null) {
            deadline.set(worker.nanoTime() + WAIT_NANOS);
        }
    }

    /** Called by the log's thread: writes the pages that were handed over. */
    boolean drainTo(OutputStream out) throws IOException {
        long next = written.getPlain();
        boolean some = false;
        while (next < filled.getAcquire()) {
            pages[(int) (next % PAGES)].drainTo(out);
            written.setRelease(++next);
            some = true;
        }
        return some;
    }

    /** Called when the event loop has ended: writes all that is left. */
    void drainAllTo(OutputStream out) throws IOException {
        drainTo(out);
        page().drainTo(out);
    }

    /** Lines that were lost. Thread-safe. */
    long lost() {
        return lost.getAcquire();
    }
}
