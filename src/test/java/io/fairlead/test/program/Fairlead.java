package io.fairlead.test.program;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.lab.cluster.AgentProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a user starts Fairlead.
 *
 * <p>{@code ./fairlead test} says by {@code FAIRLEAD_LAUNCHER} where the launcher is, and that is what is started. Under
 * Maven alone nobody has prepared the launcher, and it must not build while Maven does: then the programs are started
 * as the launcher would, on the class path of these tests. Thread-safe.
 */
public final class Fairlead {

    public static final Path ROOT = findRoot();

    /** The Service, the EndpointSlice and the Node that the documents use. */
    static final Path SAMPLE = ROOT.resolve("docs/samples/first-service");

    /** For a command that answers and ends. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private static final Path SCRIPT = ROOT.resolve("fairlead");
    private static final Map<String, String> MAINS_OF_LAB = Map.of(
            "demo", "io.fairlead.lab.DemoMain",
            "hollow", "io.fairlead.lab.HollowMain",
            "cluster", "io.fairlead.lab.ClusterMain");
    private static final Map<String, String> OTHER_MAINS = Map.of(
            "ingress", "io.fairlead.ingress.program.IngressMain",
            "controller", "io.fairlead.controller.ControllerMain");
    private static final Set<String> OF_THE_SCRIPT = Set.of("help", "image", "test");

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
    public static List<String> line(String... words) {
        Optional<String> launcher = Optional.ofNullable(System.getenv("FAIRLEAD_LAUNCHER"));
        if (launcher.isEmpty() && !OF_THE_SCRIPT.contains(words[0])) {
            return asTheLauncher(List.of(words));
        }
        List<String> line = new ArrayList<>(List.of(launcher.orElse(SCRIPT.toString())));
        line.addAll(List.of(words));
        return line;
    }

    private static List<String> asTheLauncher(List<String> words) {
        Optional<String> ofLab = Optional.ofNullable(MAINS_OF_LAB.get(words.getFirst()));
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.add(jvmFlags());
        line.addAll(List.of("-Xmx384m", "-cp", System.getProperty("java.class.path")));
        line.add(ofLab.orElse(OTHER_MAINS.getOrDefault(words.getFirst(), "io.fairlead.agent.FairleadMain")));
        line.addAll(ofLab.isPresent() ? words.subList(1, words.size()) : words);
        return line;
    }

    /** The agent with the launcher's flags and another heap. */
    static AgentProgram agentWithHeap(String heap) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.add(jvmFlags());
        words.addAll(List.of("-Xmx" + heap, "-cp", System.getProperty("java.class.path")));
        words.add("io.fairlead.agent.FairleadMain");
        return new AgentProgram(words);
    }

    private static String jvmFlags() {
        return "@" + ROOT.resolve("proxy/runtime/src/main/args/jvm.args");
    }

    /** Runs a command to its end, where these tests run. */
    public static Program.Ended run(String... words) {
        return end(Program.start(line(words)));
    }

    /** Runs a command to its end in a namespace. */
    static Program.Ended runIn(NetNs namespace, String... words) {
        return end(Program.startIn(namespace, line(words)));
    }

    /** Waits for the end of a command that answers and ends. */
    public static Program.Ended end(Program program) {
        try (program) {
            return program.awaitEnd(ANSWER_TIMEOUT);
        }
    }

    /** The line, run without any privilege: by nobody, if he may read what these tests run, else by the same user. */
    static List<String> withoutPrivileges(List<String> line) {
        List<String> asNobody = List.of("--reuid=65534", "--regid=65534");
        // Needs libraries, and not our own classes alone: they may be where only their owner looks.
        List<String> probe = line("services", "--manifests", SAMPLE.toString(), "--node-name", "node-1");
        boolean readable =
                end(Program.start(withoutPrivileges(asNobody, probe))).exitCode() == 0;
        return withoutPrivileges(readable ? asNobody : List.of(), line);
    }

    private static List<String> withoutPrivileges(List<String> user, List<String> line) {
        List<String> words = new ArrayList<>(List.of("setpriv", "--clear-groups", "--bounding-set=-all"));
        words.add("--inh-caps=-all");
        words.addAll(user);
        words.addAll(line);
        return words;
    }
}
