package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.test.Poll;
import io.fairlead.test.netns.Place;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code fairlead hollow}, and an agent that lives from it.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class HollowIT {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
    /** An agent that lost its server asks again at least each ten seconds. */
    private static final Duration IN_FORCE = Duration.ofSeconds(25);

    private static final int USAGE = 2;
    private static final int UNAVAILABLE = 69;
    private static final int SERVICES = 50;
    private static final int ENDPOINTS = 3;

    @TempDir
    private Path folder;

    private static Program hollow(NetNs namespace, String... more) {
        List<String> line = new ArrayList<>(Fairlead.line("hollow", "--services", "50", "--endpoints", "3"));
        line.addAll(List.of("--nodes", "4", "--seed", "7", "--special", "10", "--dual-stack"));
        line.addAll(List.of(more));
        return Program.startIn(namespace, line);
    }

    private Program.Ended ask(NetNs namespace, String command) {
        return Fairlead.runIn(namespace, command, "--run-dir", folder.toString());
    }

    @Test
    void agentLivesFromItAndFollowsItsSuccessor() {
        try (Place place = new Place();
                Program first = hollow(place.namespace(), "--change-rate", "100", "--duration", "1m")) {
            first.awaitText("serving 50 Services with 150 endpoints", START_TIMEOUT);
            List<String> line = new ArrayList<>(Fairlead.line("proxy", "--master", "http://127.0.0.1:8001"));
            line.addAll(List.of("--node-name", "hollow-1", "--cluster-cidr", "10.0.0.0/9,fd00:10::/64"));
            line.addAll(List.of("--run-dir", folder.toString()));
            try (Program agent = Program.startIn(place.namespace(), line)) {
                agent.awaitText("ready:", START_TIMEOUT);
                // The line of the fifth second: 500 changes, of which the agent must have seen some.
                first.awaitText("50 Services, ", START_TIMEOUT);
                Poll.until(
                        "changes are followed",
                        IN_FORCE,
                        () -> ask(place.namespace(), "endpoints").out().contains("terminating"));
                first.signal("KILL");
                first.awaitEnd(START_TIMEOUT);
                try (Program second = hollow(place.namespace(), "--change-rate", "0", "--duration", "1m")) {
                    second.awaitText("serving", START_TIMEOUT);
                    Poll.until("its successor counts", IN_FORCE, () -> asPlanned(place.namespace()));
                }
                assertTrue(ask(place.namespace(), "status").out().contains("in-sync"), agent::log);
            }
        }
    }

    @Test
    void agentLivesFromItOverTlsAndHttp2() {
        try (Place place = new Place();
                Program hollow =
                        hollow(place.namespace(), "--tls-dir", folder.toString(), "--listen", "127.0.0.1:6443")) {
            String kubeconfig = folder.resolve("kubeconfig").toString();
            hollow.awaitText("at " + kubeconfig, START_TIMEOUT);
            List<String> line = new ArrayList<>(Fairlead.line("proxy", "--kubeconfig", kubeconfig));
            line.addAll(List.of("--node-name", "hollow-1", "--cluster-cidr", "10.0.0.0/9,fd00:10::/64"));
            line.addAll(List.of("--run-dir", folder.toString()));
            try (Program agent = Program.startIn(place.namespace(), line)) {
                agent.awaitText("ready:", START_TIMEOUT);
                Poll.until(
                        "changes are followed",
                        IN_FORCE,
                        () -> ask(place.namespace(), "endpoints").out().contains("terminating"));
            }
            String version = "https://127.0.0.1:6443/version";
            assertEquals("2", curl(place.namespace(), "%{http_version}", "--cacert", certificate(), version));
            assertEquals(
                    "1.1", curl(place.namespace(), "%{http_version}", "--http1.1", "--cacert", certificate(), version));
            assertEquals("000", curl(place.namespace(), "%{http_code}", version));
        }
    }

    private String certificate() {
        return folder.resolve("serving.crt").toString();
    }

    private static String curl(NetNs namespace, String format, String... more) {
        List<String> line = new ArrayList<>(List.of("curl", "-s", "-o", "/dev/null", "-w", format));
        line.addAll(List.of(more));
        return Fairlead.end(Program.startIn(namespace, line)).out();
    }

    /** A cluster in which nothing happens has all its Services and endpoints, of both families. */
    private boolean asPlanned(NetNs namespace) {
        List<String> lines = ask(namespace, "endpoints").out().lines().toList();
        long ready = lines.stream().filter(line -> line.contains(" ready")).count();
        return ready == 2 * SERVICES * ENDPOINTS && lines.stream().noneMatch(line -> line.contains("not ready"));
    }

    @Test
    void endsAfterItsTime() {
        try (Place place = new Place()) {
            Program.Ended end = Fairlead.end(hollow(place.namespace(), "--duration", "1s", "--listen", "[::1]:0"));
            assertEquals(0, end.exitCode(), end::toString);
            assertTrue(end.out().contains("at http://[0:0:0:0:0:0:0:1]:"), end::toString);
        }
    }

    @Test
    void saysWhatCannotBe() {
        Program.Ended size = Fairlead.run("hollow", "--services", "60000", "--endpoints", "5000", "--listen", "here");
        assertEquals(USAGE, size.exitCode(), size::toString);
        assertTrue(size.err().contains("an IP address and a port"), size::toString);
        Program.Ended large = Fairlead.run("hollow", "--services", "60000", "--endpoints", "5000");
        assertEquals(USAGE, large.exitCode(), large::toString);
        assertTrue(large.err().contains("endpoints in all: 0 to 2097152 are possible, not 300000000"), large::toString);
        Program.Ended file =
                Fairlead.run("hollow", "--to-kubeconfig", folder.resolve("none").toString());
        assertEquals(UNAVAILABLE, file.exitCode(), file::toString);
        assertTrue(file.err().startsWith("error: kubeconfig " + folder), file::toString);
        assertEquals(1, file.err().lines().count(), file::toString);
    }
}
