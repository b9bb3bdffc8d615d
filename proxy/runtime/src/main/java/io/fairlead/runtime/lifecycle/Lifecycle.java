package io.fairlead.runtime.lifecycle;

import io.fairlead.runtime.logging.Logging;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The end of one process.
 *
 * <p>Parts that need an orderly end register it when they have started ({@link #onStop}). SIGTERM, SIGINT and {@link
 * #exit} run these in reverse order, all of them within one deadline: a part that hangs is named in the log and left
 * behind. {@link #fatal} runs none of them: after a broken invariant no code can be trusted with the kernel, which keeps
 * forwarding by itself. Thread-safe.
 */
public final class Lifecycle {

    /** EX_SOFTWARE of sysexits.h: a bug was noticed. */
    public static final int EXIT_BROKEN = 70;

    private static final Logger LOG = System.getLogger(Lifecycle.class.getName());

    /** Ends the process without any shutdown hook. Thread-safe. */
    interface Halt {
        void halt(int exitCode);
    }

    private record Part(String name, Runnable stop) {}

    private final Duration deadline;
    private final Halt halt;
    private final Deque<Part> parts = new ArrayDeque<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    Lifecycle(Duration deadline, Halt halt) {
        this.deadline = deadline;
        this.halt = halt;
    }

    /**
     * Takes over signals and uncaught exceptions of this process; called once, by a program's main.
     *
     * @param deadline for the orderly end; Kubernetes kills 30 s after SIGTERM unless told otherwise
     */
    public static Lifecycle install(Duration deadline) {
        Lifecycle lifecycle = new Lifecycle(deadline, Runtime.getRuntime()::halt);
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> lifecycle.fatal(error));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> lifecycle.exit(0), "shutdown"));
        return lifecycle;
    }

    /**
     * Registers the end of a part, which has just started.
     *
     * @param name for the log, for example {@code "health port"}
     */
    public synchronized void onStop(String name, Runnable stop) {
        parts.push(new Part(name, stop));
    }

    /** Waits until the process is asked to end; for the main thread of a program that serves. */
    public void awaitStop() {
        await(stopAsked);
    }

    /** Ends all parts in order and then the process. A signal or another call in the meantime waits for the first. */
    public void exit(int exitCode) {
        if (stopping.compareAndSet(false, true)) {
            stopAsked.countDown();
            stopParts();
            Logging.flush();
            halt.halt(exitCode);
            ended.countDown();
        } else {
            await(ended);
        }
    }

    /** Logs the error and ends the process at once with {@value #EXIT_BROKEN}. */
    public void fatal(Throwable error) {
        LOG.log(Level.ERROR, "stopping: this is a bug; what is in the kernel stays in force", error);
        Logging.flush();
        halt.halt(EXIT_BROKEN);
    }

    private void stopParts() {
        long end = System.nanoTime() + deadline.toNanos();
        for (Part part = next(); part != null; part = next()) {
            Thread thread =
                    Thread.ofPlatform().daemon().name("stop " + part.name()).start(stopping(part));
            try {
                boolean inTime = thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
                if (!inTime) {
                    LOG.log(Level.WARNING, "{0} did not stop in time and is left behind", part.name());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static Runnable stopping(Part part) {
        return () -> {
            try {
                part.stop().run();
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "stopping " + part.name() + " failed", e);
            }
        };
    }

    private synchronized @Nullable Part next() {
        return parts.poll();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
