package io.fairlead.test.program;

import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a user starts Fairlead.
 *
 * <p>{@code ./fairlead test} says by {@code FAIRLEAD_LAUNCHER} where the launcher is, and that is what is started. Under
 * Maven alone nobody has prepared the launcher, and it must not build while Maven does: then the programs are started
 * as the launcher would, on the class path of these tests. Thread-safe.
 */
final class Fairlead {

    static final Path ROOT = findRoot();

    /** The Service, the EndpointSlice and the Node that the documents use. */
    static final Path SAMPLE = ROOT.resolve("docs/samples/first-service");

    /** For a command that answers and ends. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private static final Path SCRIPT = ROOT.resolve("fairlead");
    private static final Set<String> OF_THE_SCRIPT = Set.of("help", "test");
    private static final Pattern JVM_FLAGS = Pattern.compile("^JVM_FLAGS=\"([^\"]+)\"", Pattern.MULTILINE);

    private Fairlead() {}

    private static Path findRoot() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("LICENSE"))) {
            Path parent = folder.getParent();
            if (parent == null) {
                throw new IllegalStateException("these tests run inside the repository only");
            }
            folder = parent;
        }
        return folder;
    }

    /** The words that start it; the first word given is the command. */
    static List<String> line(String... words) {
        Optional<String> launcher = Optional.ofNullable(System.getenv("FAIRLEAD_LAUNCHER"));
        List<String> line = new ArrayList<>();
        if (launcher.isPresent() || OF_THE_SCRIPT.contains(words[0])) {
            line.add(launcher.orElse(SCRIPT.toString()));
        } else {
            line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            line.addAll(jvmFlags());
            line.addAll(List.of("-Xmx96m", "-cp", System.getProperty("java.class.path")));
            line.add(words[0].equals("demo") ? "io.fairlead.lab.DemoMain" : "io.fairlead.agent.FairleadMain");
            if (words[0].equals("demo")) {
                line.addAll(List.of(words).subList(1, words.length));
                return line;
            }
        }
        line.addAll(List.of(words));
        return line;
    }

    private static List<String> jvmFlags() {
        try {
            Matcher flags = JVM_FLAGS.matcher(Files.readString(SCRIPT));
            if (!flags.find()) {
                throw new IllegalStateException(SCRIPT + " does not set JVM_FLAGS");
            }
            return List.of(flags.group(1).strip().split("\\s+"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command to its end, where these tests run. */
    static Program.Ended run(String... words) {
        return end(Program.start(line(words)));
    }

    /** Runs a command to its end in a namespace. */
    static Program.Ended runIn(NetNs namespace, String... words) {
        return end(Program.startIn(namespace, line(words)));
    }

    /** Waits for the end of a command that answers and ends. */
    static Program.Ended end(Program program) {
        try (program) {
            return program.awaitEnd(ANSWER_TIMEOUT);
        }
    }

    /** The line, run by a user without any privilege: nobody, if he may read what these tests run, else the same user. */
    static List<String> withoutPrivileges(List<String> line) {
        List<String> asNobody = new ArrayList<>(
                List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"));
        List<String> asNobodyHelp = new ArrayList<>(asNobody);
        asNobodyHelp.addAll(line("proxy", "--help"));
        boolean readable = end(Program.start(asNobodyHelp)).exitCode() == 0;
        List<String> words = readable
                ? asNobody
                : new ArrayList<>(List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--clear-groups"));
        words.addAll(line);
        return words;
    }
}
