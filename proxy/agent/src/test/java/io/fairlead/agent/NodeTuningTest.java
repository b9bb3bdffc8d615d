package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.config.NodeParameter;
import io.fairlead.kernel.Sysctl;
import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Parameters are set, or it is said that they cannot be.
 *
 * <p>Confined to the test thread.
 */
class NodeTuningTest {

    private static final String CLOSE_WAIT = "net/netfilter/nf_conntrack_tcp_timeout_close_wait";

    @TempDir
    private Path folder = Path.of("set by JUnit");

    private NodeParameter parameter(String name, long value, boolean onlyRaised, boolean asked) {
        return new NodeParameter(folder.resolve(name).toString(), value, onlyRaised, asked);
    }

    private String read(String name) throws IOException {
        return Files.readString(folder.resolve(name)).strip();
    }

    @Test
    void setsWhatDiffersAndOnlyRaisesWhatIsOnlyRaised() throws IOException {
        for (String name : List.of("lower", "larger", "other")) {
            Files.writeString(folder.resolve(name), name.equals("lower") ? "5\n" : "50\n");
        }
        assertTrue(NodeTuning.apply(List.of(
                parameter("lower", 10, true, true),
                parameter("larger", 10, true, true),
                parameter("other", 10, false, true))));
        assertEquals(List.of("10", "50", "10"), List.of(read("lower"), read("larger"), read("other")));
    }

    @Test
    void goesOnAfterWhatCannotBeSet() throws IOException {
        Files.writeString(folder.resolve("there"), "1");
        assertTrue(
                NodeTuning.apply(List.of(parameter("missing", 2, false, false), parameter("there", 2, false, true))));
        assertEquals("2", read("there"));
        assertFalse(NodeTuning.apply(List.of(parameter("missing", 2, false, true))));
    }

    @Test
    void theKernelTakesIt() {
        try (NetNs namespace = NetNs.anonymous()) {
            Sysctl.Outcome found = namespace.run(() -> {
                NodeTuning.apply(List.of(new NodeParameter("/proc/sys/" + CLOSE_WAIT, 3601, false, true)));
                return new Sysctl(CLOSE_WAIT).read();
            });
            assertEquals(new Sysctl.Value("3601"), found);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0 | 1", "0-3 | 4", "0-3,6,8-9 | 7"})
    void countsProcessors(String ranges, int count) {
        assertEquals(count, NodeTuning.count(ranges));
    }

    @Test
    void thisMachineHasProcessors() {
        assertTrue(NodeTuning.processors() >= Runtime.getRuntime().availableProcessors());
    }
}
