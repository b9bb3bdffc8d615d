package io.fairlead.lab.cluster;

import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
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
 * A program of Fairlead that runs until it is stopped: a process in a host's namespace, whose log and socket are in a
 * folder of its own.
 *
 * <p>Confined to one thread at a time.
 */
final class LabProcess {

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    private static final int PAGE_BYTES_MAX = 1 << 24;
    private static final long POLL_NANOS = 2_000_000;
    private static final int LOG_LINES_SHOWN = 5;

    private final LabRun run;
    private final Host host;
    private final Kind kind;
    private final Path folder;
    private final LocalApiClient api;
    private final ProcessBuilder program;
    private Process process;
    private long startNanos;

    /**
     * What differs between programs.
     *
     * <p>Immutable.
     *
     * @param name of the log, and in messages
     * @param socket the program that answers on the local socket
     * @param readyPage the page that says whether it is ready
     * @param readyText what is on it then
     */
    record Kind(String name, String socket, String readyPage, String readyText) {}

    private LabProcess(LabRun run, Host host, Kind kind, Path folder, List<String> words) {
        this.run = run;
        this.host = host;
        this.kind = kind;
        this.folder = folder;
        this.program = new ProcessBuilder(words)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
        this.api = new LocalApiClient(folder, ANSWER_TIMEOUT, PAGE_BYTES_MAX);
        this.startNanos = System.nanoTime();
        this.process = run.start(program, host.namespace());
    }

    /** @param words all of them but the last ones, which say where its folder is */
    static LabProcess start(LabRun run, Host host, Kind kind, List<String> words) {
        Path folder = run.folder().resolve(host.name());
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new LabException("cannot make " + folder + ": " + e.getMessage(), e);
        }
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of("--run-dir", folder.toString()));
        return new LabProcess(run, host, kind, folder, all);
    }

    private Path logFile() {
        return folder.resolve(kind.name() + ".log");
    }

    Host host() {
        return host;
    }

    Path folder() {
        return folder;
    }

    long pid() {
        return process.pid();
    }

    /**
     * Waits until it is ready.
     *
     * @return the time since its start
     * @throws LabException with the end of its log if it stops or needs longer
     */
    Duration awaitReady(Duration longest) {
        Optional<Duration> ready = readyAfter(longest);
        while (ready.isEmpty()) {
            LockSupport.parkNanos(POLL_NANOS);
            ready = readyAfter(longest);
        }
        return ready.get();
    }

    /** Whether it is ready: the time since its start, nothing if not yet; throws as the other. */
    Optional<Duration> readyAfter(Duration longest) {
        Optional<String> page = ask(kind.readyPage(), Map.of(), "json");
        Duration age = Duration.ofNanos(System.nanoTime() - startNanos);
        if (page.filter(text -> text.contains(kind.readyText())).isPresent()) {
            return Optional.of(age);
        }
        String subject = "the " + kind.name() + " of " + host.name();
        if (!process.isAlive()) {
            throw new LabException(subject + " stopped; its log ends:\n" + logEnd());
        }
        if (age.compareTo(longest) > 0) {
            throw new LabException(
                    subject + " is not ready after " + longest.toMillis() + " ms; its log ends:\n" + logEnd());
        }
        return Optional.empty();
    }

    private String logEnd() {
        try {
            List<String> lines = Files.readAllLines(logFile());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "(" + e.getMessage() + ")";
        }
    }

    /** A page as JSON or as a table; nothing if it does not run or does not answer. */
    Optional<String> ask(String path, Map<String, String> parameters, String output) {
        Map<String, String> question = new TreeMap<>(parameters);
        question.put("output", output);
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        return switch (api.ask(kind.socket(), path, question, page)) {
            case LocalAnswer.Delivered ignored -> Optional.of(page.toString(StandardCharsets.UTF_8));
            case LocalAnswer.Refused ignored -> Optional.empty();
            case LocalAnswer.NotRunning ignored -> Optional.empty();
            case LocalAnswer.Failed ignored -> Optional.empty();
        };
    }

    String log() {
        try {
            return Files.readString(logFile());
        } catch (IOException e) {
            throw new LabException("cannot read the log of " + host.name() + ": " + e.getMessage(), e);
        }
    }

    void stop() {
        process.destroy();
        process.onExit().join();
    }

    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    void restart() {
        startNanos = System.nanoTime();
        process = run.start(program, host.namespace());
    }
}
