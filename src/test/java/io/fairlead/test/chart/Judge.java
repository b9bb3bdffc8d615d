package io.fairlead.test.chart;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.lab.kube.Judges;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Another project's program, run to its end with a folder of its own for whatever it keeps.
 *
 * <p>Immutable.
 *
 * @param program its file
 * @param folder where it runs
 * @param namespace the network it runs in; empty is that of the tests
 */
record Judge(Path program, Path folder, Optional<NetNs> namespace) {

    static final Judges JUDGES =
            new Judges(Path.of("../../target/judges").toAbsolutePath().normalize());

    private static final int SECONDS_MAX = 50;

    /**
     * What a program left.
     *
     * <p>Immutable.
     */
    record Ended(String line, int exitCode, String out, String err) {

        /** Its output; fails if the program did. */
        String expectSuccess() {
            if (exitCode != 0) {
                throw new AssertionError(this);
            }
            return out;
        }

        @Override
        public String toString() {
            return line + " ended with " + exitCode + "\n--- out\n" + out + "--- err\n" + err;
        }
    }

    static Judge helm(Path folder) {
        return new Judge(JUDGES.program("helm", "helm"), folder, Optional.empty());
    }

    static Judge promtool(Path folder) {
        return new Judge(JUDGES.program("prometheus", "promtool"), folder, Optional.empty());
    }

    Judge in(NetNs network) {
        return new Judge(program, folder, Optional.of(network));
    }

    Ended run(String... words) {
        List<String> line = new ArrayList<>(List.of(program.toString()));
        line.addAll(List.of(words));
        try {
            Path out = Files.createTempFile(folder, "judge", ".out");
            Path err = Files.createTempFile(folder, "judge", ".err");
            ProcessBuilder builder = new ProcessBuilder(line)
                    .directory(folder.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            // Helm and kubectl keep caches at home.
            builder.environment().put("HOME", folder.toString());
            builder.environment().keySet().removeIf(name -> name.startsWith("HELM_") || name.startsWith("XDG_"));
            Process process = start(builder);
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", line) + " does not end");
            }
            return new Ended(String.join(" ", line), process.exitValue(), text(out), text(err));
        } catch (IOException e) {
            throw new AssertionError("cannot run " + String.join(" ", line), e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while running " + String.join(" ", line), e);
        }
    }

    private Process start(ProcessBuilder builder) throws IOException {
        // A child is cloned from the calling thread and so is born in the thread's namespace.
        return namespace.isPresent() ? namespace.get().run(builder::start) : builder.start();
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
