package io.fairlead.lab.kube;

import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A program for the command line that takes {@code --kubeconfig}, such as kubectl and helm, as one user on a host of a
 * lab.
 *
 * <p>Thread-safe.
 */
public final class KubeTool {

    /** Longer than it is told to wait for anything. */
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final LabRun run;
    private final Host host;
    private final Path program;
    private final Path kubeconfig;

    KubeTool(LabRun run, Host host, Path program, Path kubeconfig) {
        this.run = run;
        this.host = host;
        this.program = program;
        this.kubeconfig = kubeconfig;
    }

    /**
     * What a command did.
     *
     * <p>Immutable.
     */
    public record Result(List<String> words, int exitCode, String out, String err) {

        /** @throws LabException unless it went well */
        public Result expectSuccess() {
            if (exitCode != 0) {
                throw new LabException(String.join(" ", words) + ": exit code " + exitCode + ": " + err.strip());
            }
            return this;
        }
    }

    /** @param input what it reads from standard input */
    Result run(String input, List<String> words) {
        List<String> line = new ArrayList<>(List.of(program.toString(), "--kubeconfig=" + kubeconfig));
        line.addAll(words);
        try {
            Path errors = Files.createTempFile(run.folder(), "tool-", ".err");
            ProcessBuilder builder = new ProcessBuilder(line).redirectError(errors.toFile());
            // Where it keeps what it learned.
            builder.environment().put("HOME", run.folder().toString());
            Process process = run.start(builder, host.namespace(), TIMEOUT);
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            String err = Files.readString(errors);
            Files.delete(errors);
            return new Result(words, code, out, err);
        } catch (IOException e) {
            throw new LabException(program + " " + String.join(" ", words) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while " + program + " ran", e);
        }
    }
}
