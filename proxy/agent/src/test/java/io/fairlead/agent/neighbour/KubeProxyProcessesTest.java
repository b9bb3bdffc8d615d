package io.fairlead.agent.neighbour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes of a made-up {@code /proc}, and pages of a made-up server. Confined to the test thread. */
class KubeProxyProcessesTest {

    private static final int NOBODY = 1;

    @TempDir
    private Path proc;

    @BeforeEach
    void ourselves() throws IOException {
        process("thread-self", "java", "S", "net:[1]", "mnt:[1]");
    }

    private void process(String pid, String name, String state, String net, String mnt) throws IOException {
        Path folder = Files.createDirectories(proc.resolve(pid));
        Files.writeString(folder.resolve("comm"), name + "\n");
        Files.writeString(folder.resolve("stat"), "12 (" + name + ") " + state + " 1 1\n");
        Path namespaces = Files.createDirectories(folder.resolve("ns"));
        Files.createSymbolicLink(namespaces.resolve("net"), Path.of(net));
        Files.createSymbolicLink(namespaces.resolve("mnt"), Path.of(mnt));
    }

    private List<KubeProxyEvidence> find() {
        return new KubeProxyProcesses(proc, NOBODY).find();
    }

    @Test
    void processOfOurNamespaceIsFound() throws IOException {
        process("10", "kube-proxy", "S", "net:[1]", "mnt:[2]");
        assertEquals(List.of(new KubeProxyEvidence.Running(10)), find());
    }

    @Test
    void othersAreNot() throws IOException {
        process("10", "kube-proxy", "S", "net:[2]", "mnt:[2]");
        process("11", "kube-proxy-else", "S", "net:[1]", "mnt:[2]");
        process("12", "kube-proxy", "Z", "net:[1]", "mnt:[2]");
        Files.createDirectories(proc.resolve("13"));
        assertEquals(List.of(), find());
    }

    @Test
    void processWhoseNamespaceIsHiddenCounts() throws IOException {
        process("10", "kube-proxy", "S", "net:[2]", "mnt:[2]");
        Files.delete(proc.resolve("10/ns/net"));
        assertEquals(List.of(new KubeProxyEvidence.Running(10)), find());
    }

    @Test
    void withoutProcNothingIsFound() {
        assertEquals(List.of(), new KubeProxyProcesses(proc.resolve("none"), NOBODY).find());
    }

    @Test
    void nodeIsVisibleBesideItsKernelOrFromAnotherContainer() throws IOException {
        KubeProxyProcesses processes = new KubeProxyProcesses(proc, NOBODY);
        process("1", "java", "S", "net:[1]", "mnt:[1]");
        assertFalse(processes.seesTheNode(), "only our own container");
        Files.delete(proc.resolve("1/ns/mnt"));
        Files.createSymbolicLink(proc.resolve("1/ns/mnt"), Path.of("mnt:[9]"));
        assertTrue(processes.seesTheNode(), "the first process has other files than we");
        Files.delete(proc.resolve("1/ns/mnt"));
        Files.createSymbolicLink(proc.resolve("1/ns/mnt"), Path.of("mnt:[1]"));
        process("2", "kthreadd", "S", "net:[1]", "mnt:[1]");
        assertTrue(processes.seesTheNode());
    }

    /** Answers one request with this. */
    private <T> T asking(String answer, Function<KubeProxyProcesses, T> question) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket client = server.accept()) {
                    client.getInputStream().read();
                    client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // The test sees that no answer came.
                }
            });
            return question.apply(new KubeProxyProcesses(proc, server.getLocalPort()));
        }
    }

    private List<KubeProxyEvidence> ask(String answer) throws IOException {
        return asking(answer, KubeProxyProcesses::find);
    }

    private KubeProxyProcesses.Sync sync(String... series) throws IOException {
        StringBuilder page = new StringBuilder("HTTP/1.0 200 OK\r\n\r\n# HELP a page\nkubeproxy_other_total 1\n");
        for (String each : series) {
            page.append("kubeproxy_sync_proxy_rules_last_timestamp_seconds")
                    .append(each)
                    .append('\n');
        }
        return asking(page.toString(), KubeProxyProcesses::sync);
    }

    @Test
    void metricsTellHowFarTheFirstSyncIs() throws IOException {
        assertEquals(KubeProxyProcesses.Sync.NOT_DONE, sync());
        assertEquals(KubeProxyProcesses.Sync.NOT_DONE, sync("{ip_family=\"IPv4\"} 0", "{ip_family=\"IPv6\"} 0"));
        assertEquals(
                KubeProxyProcesses.Sync.OF_ONE_FAMILY, sync("{ip_family=\"IPv4\"} 1.79e+09", "{ip_family=\"IPv6\"} 0"));
        assertEquals(
                KubeProxyProcesses.Sync.DONE, sync("{ip_family=\"IPv4\"} 1.79e+09", "{ip_family=\"IPv6\"} 1.79e+09"));
        assertEquals(
                KubeProxyProcesses.Sync.UNKNOWN,
                asking("HTTP/1.0 200 OK\r\n\r\n\nsomething_else 1\n", KubeProxyProcesses::sync));
    }

    @Test
    void pageOfKubeProxyIsRecognised() throws IOException {
        assertEquals(
                1,
                ask("HTTP/1.0 200 OK\r\n\r\n{\"kubeproxy.config.k8s.io\":{}}").size());
        assertEquals(List.of(), ask("HTTP/1.0 404 Not Found\r\n\r\nnftables"));
        assertEquals(List.of(), ask(""));
        assertEquals(List.of(), ask("x".repeat(1 << 20)));
    }
}
