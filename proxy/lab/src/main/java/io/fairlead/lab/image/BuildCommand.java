package io.fairlead.lab.image;

import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs a tool that builds a part of an image.
 *
 * <p>Thread-safe: no state of its own.
 */
public final class BuildCommand {

    private static final int MINUTES_MAX = 10;
    private static final int LINE_MAX = 300;
    private static final int MESSAGE_MAX = 2_000;

    private BuildCommand() {}

    /**
     * Runs a command in the C locale and waits for its end.
     *
     * @param folder where it runs
     * @param words program and arguments; no shell reads them
     * @return what it wrote to its standard output
     * @throws LabException if it cannot be started, fails, or takes more than ten minutes
     */
    public static String run(Path folder, List<String> words) {
        String line = shortened(String.join(" ", words));
        ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            CompletableFuture<String> output = reading(process.getInputStream());
            CompletableFuture<String> errors = reading(process.getErrorStream());
            if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new LabException(line + ": does not end");
            }
            if (process.exitValue() != 0) {
                String said = errors.join().strip();
                throw new LabException(line + ": ended with " + process.exitValue() + ": "
                        + said.substring(Math.max(0, said.length() - MESSAGE_MAX)));
            }
            return output.join();
        } catch (IOException e) {
            throw new LabException("cannot run " + line + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while this ran: " + line, e);
        }
    }

    private static String shortened(String line) {
        return line.length() > LINE_MAX ? line.substring(0, LINE_MAX) + "…" : line;
    }

    private static CompletableFuture<String> reading(InputStream in) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (in) {
                        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                Thread::startVirtualThread);
    }
}
