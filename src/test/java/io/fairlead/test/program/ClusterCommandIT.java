package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.test.cluster.HostState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code fairlead cluster}: a cluster that stands in the background, and what is left of it.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(60)
final class ClusterCommandIT {

    private static final Duration UP_MAX = Duration.ofSeconds(55);
    private static final int NOT_DONE = 1;

    /** The same each time, so that what a killed test left is tidied by the next one; and on a disk. */
    private static final Path FOLDER = Path.of("target/standing-cluster").toAbsolutePath();

    private static final Path PROGRAMS = Fairlead.ROOT.resolve("target/judges");

    private static Program.Ended cluster(String... words) {
        List<String> all = new ArrayList<>(List.of("cluster"));
        all.addAll(List.of(words));
        all.addAll(List.of("--run-dir", FOLDER.toString()));
        try (Program program = Program.start(Fairlead.line(all.toArray(String[]::new)))) {
            return program.awaitEnd(UP_MAX);
        }
    }

    private static Program.Ended up() {
        return cluster("up", "--nodes", "1", "--kube-proxy", "none", "--programs", PROGRAMS.toString());
    }

    @AfterEach
    void remove() {
        cluster("down");
    }

    /** The name of its run. */
    private static String run() throws IOException {
        try (Stream<Path> runs = Files.list(FOLDER.resolve("runs"))) {
            List<String> names =
                    runs.map(path -> String.valueOf(path.getFileName())).toList();
            assertEquals(1, names.size(), names::toString);
            return names.getFirst();
        }
    }

    private static long owner() throws IOException {
        return Long.parseLong(Files.readString(FOLDER.resolve("lock")).strip());
    }

    @Test
    void standsUntilItIsTakenDown() throws IOException {
        HostState before = HostState.read();
        Program.Ended up = up();
        assertEquals(0, up.exitCode(), up::toString);
        assertTrue(up.out().contains("The cluster is up: 1 nodes"), up::toString);
        String run = run();
        Program.Ended again = up();
        assertEquals(NOT_DONE, again.exitCode(), again::toString);
        assertTrue(again.err().contains("a cluster is up already"), again::toString);

        Program.Ended kubeconfig = cluster("kubeconfig");
        assertEquals(Files.readString(FOLDER.resolve("kubeconfig")), kubeconfig.out(), kubeconfig::toString);
        assertEquals("rw-------", permissions(FOLDER.resolve("kubeconfig")));
        Program.Ended nodes = Fairlead.end(Program.start(List.of(
                PROGRAMS.resolve("kubernetes/kubectl").toString(),
                "--kubeconfig=" + FOLDER.resolve("kubeconfig"),
                "get",
                "nodes",
                "--no-headers")));
        assertTrue(nodes.out().matches("node-1 +Ready .*\n"), nodes::toString);

        Program.Ended down = cluster("down");
        assertEquals(0, down.exitCode(), down::toString);
        assertFalse(Files.exists(FOLDER));
        assertEquals(Set.of(), HostState.ofRun(run));
        before.expectUnchanged();
        assertEquals(NOT_DONE, cluster("down").exitCode());
        assertEquals(NOT_DONE, cluster("kubeconfig").exitCode());
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void whatAKilledOneLeavesIsRemovedLater() throws IOException {
        HostState before = HostState.read();
        assertEquals(0, up().exitCode());
        String killed = run();
        ProcessHandle owner = ProcessHandle.of(owner()).orElseThrow();
        owner.destroyForcibly();
        owner.onExit().join();
        Set<String> left = HostState.ofRun(killed);
        assertTrue(left.stream().anyMatch(each -> each.startsWith("/proc/")), "processes live on: " + left);

        Program.Ended down = cluster("down");
        assertEquals(0, down.exitCode(), down::toString);
        assertEquals(Set.of(), HostState.ofRun(killed));
        assertFalse(Files.exists(FOLDER));
        before.expectUnchanged();
    }
}
