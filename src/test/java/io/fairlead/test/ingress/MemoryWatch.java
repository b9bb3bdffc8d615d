package io.fairlead.test.ingress;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks every so often at the memory of a program.
 *
 * <p>Thread-safe.
 */
final class MemoryWatch implements AutoCloseable {

    private static final Logger LOG = System.getLogger(MemoryWatch.class.getName());
    private static final long PERIOD_NANOS = 50_000_000;

    private final IngressProgram program;
    private final int before;
    private final Thread thread;
    private volatile int most;
    private volatile boolean over;

    MemoryWatch(IngressProgram program) {
        this.program = program;
        before = program.residentMib();
        most = before;
        thread = Thread.ofVirtual().start(this::watch);
    }

    private void watch() {
        while (!over) {
            most = Math.max(most, program.residentMib());
            LockSupport.parkNanos(PERIOD_NANOS);
        }
    }

    /** Fails if the program was more than that larger at any moment. */
    void expectGrowthUpTo(int mib, String what) {
        String found = what + ": from " + before + " MiB to at most " + most + " MiB";
        LOG.log(Level.INFO, found);
        assertTrue(most - before <= mib, found);
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
