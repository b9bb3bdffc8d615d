package io.fairlead.image;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Where things are in the image, and with which words its programs start.
 *
 * <p>Immutable.
 *
 * @param jvmFlags of every Fairlead program, one each
 * @param classPath jars, by their paths in the image
 */
record ProgramFiles(List<String> jvmFlags, List<String> classPath) {

    static final String ROOT = "/opt/fairlead";
    static final String RUNTIME = ROOT + "/jre";
    static final String JAVA = RUNTIME + "/bin/java";
    static final String LIBRARIES = ROOT + "/lib";
    static final String NATIVE = LIBRARIES + "/native";
    static final String PROGRAMS = ROOT + "/app";
    static final String AGENT_ARGUMENTS = PROGRAMS + "/agent.args";
    static final String TOOL_ARGUMENTS = PROGRAMS + "/tool.args";
    static final String RECORDING = ROOT + "/aot/agent.aot";

    private static final String MAIN = "io.fairlead.agent.FairleadMain";

    /** Half of the pod's memory; what is beside the heap does not grow with the cluster. */
    private static final String AGENT_HEAP = "-XX:MaxRAMPercentage=50";

    /** A command is run inside an agent's container, and what it takes counts there. */
    private static final String TOOL_HEAP = "-Xmx48m";

    /** Whatever the memory of the machine that builds: how references are laid out depends on the heap. */
    private static final String RECORDING_HEAP = "-Xmx160m";

    /**
     * Not which methods ran often: the JVM would compile all of them at each start (JEP 515), for which the quick compiler
     * alone takes longer than it helps.
     */
    private static final List<String> NO_TRAINING = List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining");

    ProgramFiles {
        jvmFlags = List.copyOf(jvmFlags);
        classPath = List.copyOf(classPath);
    }

    /** The folder of a path in the image. */
    static String parent(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }

    /** What a path in the image ends with. */
    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Flags as {@code java @file} reads them: one a line, with comments. */
    static List<String> flags(Collection<String> lines) {
        return lines.stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    /** The file that the agent starts with. */
    String agentArguments() {
        return lines(AGENT_HEAP, "-XX:AOTCache=" + RECORDING);
    }

    /** The file that {@code fairlead}, the command, starts with. */
    String toolArguments() {
        return lines(TOOL_HEAP, "-XX:AOTCache=" + RECORDING);
    }

    /** The words that record a start, up to the arguments of the program. */
    List<String> recordingCommand() {
        List<String> words = new ArrayList<>(List.of(JAVA));
        List<String> more = new ArrayList<>(List.of(RECORDING_HEAP, "-XX:AOTCacheOutput=" + RECORDING));
        more.addAll(NO_TRAINING);
        words.addAll(arguments(more));
        return words;
    }

    private String lines(String... more) {
        return String.join("\n", arguments(List.of(more))) + "\n";
    }

    private List<String> arguments(List<String> more) {
        List<String> words = new ArrayList<>(jvmFlags);
        words.addAll(more);
        words.addAll(List.of("-Djffi.boot.library.path=" + NATIVE, "-cp", String.join(":", classPath), MAIN));
        return words;
    }
}
