package io.fairlead.ingress.tls;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs openssl or curl.
 *
 * <p>Immutable.
 *
 * @param output of both streams
 */
record Program(int exit, String output) {

    static Program run(String input, String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var out = process.outputWriter(StandardCharsets.ISO_8859_1)) {
                out.write(input);
            } catch (IOException e) {
                // It ended without reading; its output tells why.
            }
            byte[] output = process.getInputStream().readAllBytes();
            assertTrue(process.waitFor(10, TimeUnit.SECONDS), () -> String.join(" ", command));
            return new Program(process.exitValue(), new String(output, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new AssertionError(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Writes to a program and lets it go on until it wrote something certain, or ended. */
    static String talk(String input, String until, List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            StringBuilder output = new StringBuilder();
            try (var out = process.outputWriter(StandardCharsets.ISO_8859_1);
                    var in = process.inputReader(StandardCharsets.ISO_8859_1)) {
                out.write(input);
                out.flush();
                for (int c = in.read(); c >= 0; c = in.read()) {
                    output.append((char) c);
                    if (c == until.charAt(until.length() - 1)
                            && output.toString().endsWith(until)) {
                        break;
                    }
                }
            } finally {
                process.destroy();
            }
            assertTrue(process.waitFor(10, TimeUnit.SECONDS), () -> String.join(" ", command));
            return output.toString();
        } catch (IOException e) {
            throw new AssertionError(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
