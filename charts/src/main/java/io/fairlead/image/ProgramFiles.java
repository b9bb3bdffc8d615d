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
 * @param ingressFlags what the ingress gets behind them
 * @param classPath jars, by their paths in the image; one for all programs, since a recording holds for one only
 */
record ProgramFiles(List<String> jvmFlags, List<String> ingressFlags, List<String> classPath) {

    static final String ROOT = "/opt/fairlead";
    static final String RUNTIME = ROOT + "/jre";
    static final String JAVA = RUNTIME + "/bin/java";
    static final String LIBRARIES = ROOT + "/lib";
    static final String NATIVE = LIBRARIES + "/native";
    static final String PROGRAMS = ROOT + "/app";
    static final String LAUNCHER = "/usr/bin/fairlead";
    static final String RECORDINGS = ROOT + "/aot";

    /** Half of the pod's memory; what is beside the heap does not grow with the cluster. */
    private static final String PROGRAM_HEAP = "-XX:MaxRAMPercentage=50";

    /** A command is run inside a program's container, and what it takes counts there. */
    private static final String COMMAND_HEAP = "-Xmx48m";

    /** Whatever the memory of the machine that builds: how references are laid out depends on the heap. */
    private static final String RECORDING_HEAP = "-Xmx160m";

    /**
     * Not which methods ran often: the JVM would compile all of them at each start (JEP 515), for which the quick compiler
     * alone takes longer than it helps.
     */
    private static final List<String> NO_TRAINING = List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining");

    /**
     * A way to start Java: which class, with how much memory, from which recording. The launcher chooses by the words of
     * the command line.
     */
    enum Start {
        AGENT("agent", "io.fairlead.agent.FairleadMain", PROGRAM_HEAP, "agent"),
        TOOL("tool", "io.fairlead.agent.FairleadMain", COMMAND_HEAP, "agent"),
        CONTROLLER("controller", "io.fairlead.controller.ControllerMain", PROGRAM_HEAP, "agent"),
        INGRESS("ingress", "io.fairlead.ingress.program.IngressMain", PROGRAM_HEAP, "ingress"),
        INGRESS_TOOL("ingress-tool", "io.fairlead.ingress.program.IngressMain", COMMAND_HEAP, "ingress");

        private final String label;
        private final String main;
        private final String heap;
        private final String recorded;

        Start(String label, String main, String heap, String recorded) {
            this.label = label;
            this.main = main;
            this.heap = heap;
            this.recorded = recorded;
        }

        /** Its file of arguments. */
        String file() {
            return PROGRAMS + "/" + label + ".args";
        }

        /** The recording that it starts from. */
        String recording() {
            return RECORDINGS + "/" + recorded + ".aot";
        }
    }

    ProgramFiles {
        jvmFlags = List.copyOf(jvmFlags);
        ingressFlags = List.copyOf(ingressFlags);
        classPath = List.copyOf(classPath);
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

    /** What its file of arguments says. */
    String arguments(Start start) {
        return String.join("\n", words(start, List.of(start.heap, "-XX:AOTCache=" + start.recording()))) + "\n";
    }

    /** The words that record a start, up to the arguments of the program. */
    List<String> recordingCommand(Start start) {
        List<String> more = new ArrayList<>(List.of(RECORDING_HEAP, "-XX:AOTCacheOutput=" + start.recording()));
        more.addAll(NO_TRAINING);
        List<String> words = new ArrayList<>(List.of(JAVA));
        words.addAll(words(start, more));
        return words;
    }

    private List<String> words(Start start, List<String> more) {
        List<String> words = new ArrayList<>(jvmFlags);
        if (start == Start.INGRESS) {
            words.addAll(ingressFlags);
        }
        words.addAll(more);
        words.add("-Djffi.boot.library.path=" + NATIVE);
        // Where Netty looks before it unpacks its own.
        words.add("-Djava.library.path=" + NATIVE);
        words.addAll(List.of("-cp", String.join(":", classPath), start.main));
        return words;
    }
}
