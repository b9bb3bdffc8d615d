package io.fairlead.lab.cluster;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a program of Fairlead is started: the words before its own.
 *
 * <p>Immutable.
 */
public record AgentProgram(List<String> words) {

    private static final String MAIN = "io.fairlead.agent.FairleadMain";
    private static final String INGRESS_MAIN = "io.fairlead.ingress.program.IngressMain";

    public AgentProgram {
        words = List.copyOf(words);
    }

    /** With the JVM, the flags and the class path of this process, so that what is shown is what ships. */
    public static AgentProgram ofThisProcess() {
        return ofThisProcess(MAIN);
    }

    /**
     * The ingress, by the launcher that started this process, as it has flags of its own; without one, as this process.
     */
    public static AgentProgram ingress() {
        return Optional.ofNullable(System.getenv("FAIRLEAD_LAUNCHER"))
                .map(launcher -> new AgentProgram(List.of(launcher)))
                .orElseGet(() -> ofThisProcess(INGRESS_MAIN));
    }

    private static AgentProgram ofThisProcess(String main) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        return new AgentProgram(words);
    }
}
