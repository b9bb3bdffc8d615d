package io.fairlead.lab.kube;

import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The real kubectl, as one user, on a host of a lab.
 *
 * <p>Thread-safe.
 */
public final class Kubectl {

    private final LabRun run;
    private final Host host;
    private final Path program;
    private final Path kubeconfig;

    Kubectl(LabRun run, Host host, Judges judges, Path kubeconfig) {
        this.run = run;
        this.host = host;
        this.program = judges.program("kubernetes", "kubectl");
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
            Path errors = Files.createTempFile(run.folder(), "kubectl-", ".err");
            ProcessBuilder builder = new ProcessBuilder(line).redirectError(errors.toFile());
            // Where it keeps what it learned of the API.
            builder.environment().put("HOME", run.folder().toString());
            Process process = run.start(builder, host.namespace());
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            String err = Files.readString(errors);
            Files.delete(errors);
            return new Result(words, code, out, err);
        } catch (IOException e) {
            throw new LabException("kubectl " + String.join(" ", words) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while kubectl ran", e);
        }
    }
}
