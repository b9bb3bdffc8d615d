package io.fairlead.lab.cluster;

import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.Topology;
import io.fairlead.runtime.http.LocalAnswer;
import io.fairlead.runtime.http.LocalApiClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * The agent of one node: a process of its own in the node's namespace, whose log and socket are in a folder of its own.
 *
 * <p>Confined to one thread at a time.
 */
public final class AgentProcess {

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    private static final int PAGE_BYTES_MAX = 1 << 24;
    private static final long POLL_NANOS = 2_000_000;
    private static final int LOG_LINES_SHOWN = 5;

    private final LabRun run;
    private final Host node;
    private final Path folder;
    private final LocalApiClient api;
    private final ProcessBuilder program;
    private Process process;
    private long startNanos;

    private AgentProcess(LabRun run, Host node, Path folder, ProcessBuilder program) {
        this.run = run;
        this.node = node;
        this.folder = folder;
        this.program = program;
        this.api = new LocalApiClient(folder, ANSWER_TIMEOUT, PAGE_BYTES_MAX);
        this.startNanos = System.nanoTime();
        this.process = run.start(program, node.namespace());
    }

    /** @param source the words that say where the cluster is from, for example {@code --kubeconfig FILE} */
    public static AgentProcess start(LabRun run, Host node, AgentProgram program, List<String> source) {
        Path folder = run.folder().resolve(node.name());
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new LabException("cannot make " + folder + ": " + e.getMessage(), e);
        }
        List<String> words = new ArrayList<>(program.words());
        words.add("proxy");
        words.addAll(source);
        words.addAll(List.of("--node-name", node.name()));
        words.addAll(List.of("--cluster-cidr", Topology.POD_RANGE.text4() + "," + Topology.POD_RANGE.text6()));
        words.addAll(List.of("--run-dir", folder.toString()));
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile(folder).toFile()));
        return new AgentProcess(run, node, folder, builder);
    }

    private static Path logFile(Path folder) {
        return folder.resolve("agent.log");
    }

    public Host node() {
        return node;
    }

    /** What commands take as {@code --run-dir} to ask this agent. */
    public Path folder() {
        return folder;
    }

    public long pid() {
        return process.pid();
    }

    /**
     * Waits until everything is in the kernel.
     *
     * @return the time since its start
     * @throws LabException with the end of its log if it stops or needs longer
     */
    public Duration awaitReady(Duration longest) {
        Optional<Duration> ready = readyAfter(longest);
        while (ready.isEmpty()) {
            LockSupport.parkNanos(POLL_NANOS);
            ready = readyAfter(longest);
        }
        return ready.get();
    }

    /** Whether everything is in the kernel: the time since its start, nothing if not yet; throws as the other. */
    Optional<Duration> readyAfter(Duration longest) {
        Optional<String> status = page("/status", Map.of());
        Duration age = Duration.ofNanos(System.nanoTime() - startNanos);
        if (status.filter(text -> text.contains("\"in-sync\"")).isPresent()) {
            return Optional.of(age);
        }
        if (!process.isAlive()) {
            throw new LabException("the agent of " + node.name() + " stopped; its log ends:\n" + logEnd());
        }
        if (age.compareTo(longest) > 0) {
            throw new LabException("the agent of " + node.name() + " is not ready after " + longest.toMillis()
                    + " ms; its log ends:\n" + logEnd());
        }
        return Optional.empty();
    }

    private String logEnd() {
        try {
            List<String> lines = Files.readAllLines(logFile(folder));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "(" + e.getMessage() + ")";
        }
    }

    /** A page of the agent as JSON; nothing if it does not run or does not answer. */
    public Optional<String> page(String path, Map<String, String> parameters) {
        return ask(path, parameters, "json");
    }

    /** A page of the agent as the commands print it; nothing if it does not run or does not answer. */
    public Optional<String> table(String path, Map<String, String> parameters) {
        return ask(path, parameters, "table");
    }

    private Optional<String> ask(String path, Map<String, String> parameters, String output) {
        Map<String, String> question = new TreeMap<>(parameters);
        question.put("output", output);
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        return switch (api.ask("proxy", path, question, page)) {
            case LocalAnswer.Delivered ignored -> Optional.of(page.toString(StandardCharsets.UTF_8));
            case LocalAnswer.Refused ignored -> Optional.empty();
            case LocalAnswer.NotRunning ignored -> Optional.empty();
            case LocalAnswer.Failed ignored -> Optional.empty();
        };
    }

    /** What it has logged so far. */
    public String log() {
        try {
            return Files.readString(logFile(folder));
        } catch (IOException e) {
            throw new LabException("cannot read the log of " + node.name() + ": " + e.getMessage(), e);
        }
    }

    /** SIGTERM: it may tidy up. Returns when it is gone. */
    public void stop() {
        process.destroy();
        process.onExit().join();
    }

    /** SIGKILL: it has no chance to tidy up. Returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Starts it again with the same words, after {@link #stop} or {@link #kill}. */
    public void restart() {
        startNanos = System.nanoTime();
        process = run.start(program, node.namespace());
    }
}
