package io.fairlead.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every benchmark runs in a fresh JVM, on a cluster of a few Services. (The soak is tested in the lab.) */
final class BenchMainTest {

    private static final int USAGE = 2;

    private record Ended(int exitCode, String output) {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cold-start",
                "endpoint-change",
                "connect",
                "agent",
                "kernel-memory",
                "peer",
                "hollow-soak",
                "ingress-scale"
            })
    void runs(String name) throws Exception {
        expectReport(name, bench(name, "--tiny", "--runs", "1"));
    }

    /**
     * These need a real API server, kube-proxy, the image, a kernel with IPVS, or nginx, HAProxy and their clients.
     * (Installing it is tested in the cluster.)
     */
    @Tag("all")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "kube-proxy",
                "iptables",
                "ipvs",
                "scale",
                "api-outage",
                "container",
                "ingress-http1",
                "ingress-tls",
                "ingress-http2",
                "ingress-latency",
                "ingress-change"
            })
    void runsBesideOthers(String name) throws Exception {
        expectReport(name, bench(name, "--tiny", "--runs", "1"));
    }

    /** In full, and every promise kept. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"hollow-soak", "api-outage"})
    void keepsItsPromises(String name) throws Exception {
        Ended ended = bench(Duration.ofMinutes(20), name);
        assertEquals(0, ended.exitCode, ended.output);
    }

    private static void expectReport(String name, Ended ended) {
        assertTrue(ended.output.contains("{\"benchmark\":\"" + name + "\""), ended.output);
        assertTrue(ended.exitCode <= 1, ended.output);
    }

    @Test
    void refusesUnknownName() throws Exception {
        assertEquals(USAGE, bench("no-such-benchmark").exitCode);
    }

    @Test
    void measuresWithTheFlagsThatShip() {
        List<String> command = Jvm.shipped(64).command();
        assertTrue(
                command.containsAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m")),
                command::toString);
    }

    private static Ended bench(String... words) throws Exception {
        return bench(Duration.ofSeconds(55), words);
    }

    private static Ended bench(Duration longest, String... words) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-Xmx128m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), BenchMain.class.getName()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(longest), output);
        return new Ended(process.exitValue(), output);
    }
}
