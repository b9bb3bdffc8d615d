package io.fairlead.test.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.lab.cluster.AgentProgram;
import io.fairlead.lab.topology.Host;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Commands of Fairlead on a node of a lab. Thread-safe. */
final class NodeCommand {

    private NodeCommand() {}

    /** What a command left. Immutable. */
    record Ended(int exitCode, String output) {}

    /** What a command says that ends well. */
    static String expectSuccess(Host node, String... words) {
        Ended ended = run(node, words);
        assertEquals(0, ended.exitCode(), ended::toString);
        return ended.output();
    }

    /** Runs a command to its end. */
    static Ended run(Host node, String... words) {
        List<String> line = new ArrayList<>(AgentProgram.ofThisProcess().words());
        line.addAll(List.of(words));
        try {
            Process process = node.namespace()
                    .run(() ->
                            new ProcessBuilder(line).redirectErrorStream(true).start());
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), output);
        } catch (IOException e) {
            throw new AssertionError("cannot run " + line, e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
