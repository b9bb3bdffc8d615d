package io.fairlead.lab.cluster;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a program of Fairlead is started: the words before its own.
 *
 * <p>Immutable.
 */
public record AgentProgram(List<String> words) {

    private static final String MAIN = "io.fairlead.agent.FairleadMain";

    public AgentProgram {
        words = List.copyOf(words);
    }

    /** With the JVM, the flags and the class path of this process, so that what is shown is what ships. */
    public static AgentProgram ofThisProcess() {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
        return new AgentProgram(words);
    }
}
