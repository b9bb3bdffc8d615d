package io.fairlead.test.program;

import io.fairlead.kernel.netns.NetNs;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One process that a test started; it ends at the latest with {@link #close}.
 *
 * <p>Confined to one thread.
 */
public final class Program implements AutoCloseable {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);
    private static final long POLL_MILLIS = 10;

    private final String line;
    private final Path out = file("out");
    private final Path err = file("err");
    private final Process process;

    /**
     * What a process left.
     *
     * <p>Immutable.
     *
     * @param exitCode above 128 after a signal that it does not handle
     */
    public record Ended(String line, int exitCode, String out, String err) {

        @Override
        public String toString() {
            return line + " ended with " + exitCode + "\n--- out\n" + out + "--- err\n" + err;
        }
    }

    private Program(List<String> line) {
        this.line = String.join(" ", line);
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(Fairlead.ROOT.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        try {
            this.process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + this.line, e);
        }
    }

    private static Path file(String ending) {
        try {
            return Files.createTempFile("fairlead-program-", "." + ending);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it where these tests run. */
    public static Program start(List<String> line) {
        return new Program(line);
    }

    /** Starts it in a namespace. */
    public static Program startIn(NetNs namespace, List<String> line) {
        return namespace.run(() -> new Program(line));
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has written so far to its error stream, where logs go. */
    public String log() {
        return text(err);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it has written this to one of its streams. */
    public void awaitText(String text, Duration longest) {
        long deadline = System.nanoTime() + longest.toNanos();
        while (true) {
            boolean mayWriteMore = process.isAlive() && System.nanoTime() < deadline;
            String written = text(out) + text(err);
            if (written.contains(text)) {
                return;
            }
            if (!mayWriteMore) {
                throw new AssertionError("'" + text + "' did not come from " + line + ":\n" + written);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends it a signal, by its name without SIG. */
    public void signal(String name) {
        kill(name, Long.toString(process.pid()));
    }

    /** Sends a signal to all of its group, as a terminal does; it must have been started by {@code setsid}. */
    void signalGroup(String name) {
        kill(name, "-" + process.pid());
    }

    private static void kill(String signal, String target) {
        Ended kill = Fairlead.end(new Program(List.of("kill", "-s", signal, "--", target)));
        if (kill.exitCode() != 0) {
            throw new AssertionError(kill);
        }
    }

    /** Waits for its end. */
    public Ended awaitEnd(Duration longest) {
        try {
            if (!process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(line + " still runs after " + longest + ":\n" + text(out) + text(err));
            }
            return new Ended(line, process.exitValue(), text(out), text(err));
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting for " + line, e);
        }
    }

    /** Ends it, first with patience, so that it can tidy up. */
    @Override
    public void close() {
        try {
            process.destroy();
            if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
