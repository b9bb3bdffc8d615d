package io.fairlead.test.netns;

import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Runs a command-line tool in a namespace, as an independent witness.
 *
 * <p>Thread-safe.
 */
public final class Tool {

    private static final int SECONDS_MAX = 30;

    private Tool() {}

    /** Its output; fails when the tool does. */
    public static String run(NetNs namespace, String... command) {
        String line = String.join(" ", command);
        try {
            Process process = namespace.run(
                    () -> new ProcessBuilder(command).redirectErrorStream(true).start());
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(line + " does not end");
            }
            if (process.exitValue() != 0) {
                throw new AssertionError(line + " ended with " + process.exitValue() + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new AssertionError("cannot run " + line, e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while running " + line, e);
        }
    }
}
