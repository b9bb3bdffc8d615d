package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.plan.Flow;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.test.netns.EchoServer;
import io.fairlead.test.netns.Place;
import io.fairlead.test.netns.Probe;
import io.fairlead.test.netns.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The node of {@code docs/samples/first-service} in a namespace, with the endpoints and a client pod behind it, and a
 * folder with a copy of the sample's manifests.
 *
 * <p>Confined to the test thread.
 */
final class SampleNode implements AutoCloseable {

    static final String CLUSTER_ADDRESS = "172.30.0.41";
    static final String NODE_ADDRESS = "192.168.0.1";

    private static final String CLIENT_ADDRESS = "10.180.0.101";
    private static final String ROUTER = "192.168.0.254";
    private static final List<String> ENDPOINTS = List.of("10.180.0.1", "10.180.1.1");
    private static final int ENDPOINT_PORT = 8080;
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SHORT = Duration.ofMillis(100);

    private final Place node = new Place();
    private final Place pods = new Place();
    private final Place client = new Place();
    /** Where everything goes that is not routed; nobody answers there. */
    private final Place elsewhere = new Place();

    private final EchoServer server;
    private final Path folder = newFolder();
    private final List<Program> programs = new ArrayList<>();

    SampleNode() {
        node.forward();
        node.address("lo", IpAddress.parse(NODE_ADDRESS));
        wire(pods, "pods", ENDPOINTS);
        wire(client, "client", List.of(CLIENT_ADDRESS));
        wire(elsewhere, "uplink", List.of(ROUTER));
        node.route("0.0.0.0/0", "uplink", ROUTER);
        List<IpAddress> endpoints = ENDPOINTS.stream().map(IpAddress::parse).toList();
        server = new EchoServer(pods.namespace(), endpoints, List.of(ENDPOINT_PORT), List.of());
        try (Stream<Path> sample = Files.list(Fairlead.SAMPLE)) {
            for (Path file : sample.toList()) {
                write(String.valueOf(file.getFileName()), Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void wire(Place pod, String link, List<String> addresses) {
        node.wire(link, pod, "eth0");
        for (String address : addresses) {
            pod.address("eth0", IpAddress.parse(address));
            node.routeOnLink(address + "/32", link);
        }
        pod.route("0.0.0.0/0", "eth0", NODE_ADDRESS);
    }

    private static Path newFolder() {
        try {
            Path folder = Files.createTempDirectory("fairlead-node-");
            Files.createDirectory(folder.resolve("manifests"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    NetNs namespace() {
        return node.namespace();
    }

    /** Where its endpoints are. */
    NetNs pods() {
        return pods.namespace();
    }

    /** Where its client pod is. */
    NetNs client() {
        return client.namespace();
    }

    Path manifests() {
        return folder.resolve("manifests");
    }

    /** Writes a manifest as editors do: a new file that takes the place of the old one. */
    void write(String name, String text) {
        try {
            Path written = Files.writeString(folder.resolve(name + ".new"), text);
            Files.move(written, manifests().resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The words that start the agent of this node. */
    List<String> agentLine() {
        List<String> line = new ArrayList<>(Fairlead.line("proxy"));
        line.addAll(List.of("--manifests", manifests().toString(), "--node-name", "node-1"));
        line.addAll(List.of("--cluster-cidr", "10.0.0.0/8", "--run-dir", runDir()));
        return line;
    }

    /** Starts its agent by a configuration of kube-proxy that asks for this mode. */
    Program startConfigured(String mode) {
        configure(mode);
        List<String> line = new ArrayList<>(Fairlead.line("proxy"));
        line.addAll(List.of(
                "--config",
                configuration().toString(),
                "--manifests",
                manifests().toString()));
        line.addAll(List.of("--node-name", "node-1", "--run-dir", runDir()));
        return start(line);
    }

    /** Writes that configuration, as a ConfigMap is replaced. */
    void configure(String mode) {
        try {
            Path written = Files.writeString(folder.resolve("configuration.new"), """
                    apiVersion: kubeproxy.config.k8s.io/v1alpha1
                    kind: KubeProxyConfiguration
                    mode: %s
                    clusterCIDR: 10.0.0.0/8
                    """.formatted(mode));
            Files.move(written, configuration(), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path configuration() {
        return folder.resolve("configuration");
    }

    String runDir() {
        return folder.resolve("run").toString();
    }

    /** Starts its agent and waits until the sample is in the kernel. */
    Program startAgent() {
        Program agent = start(agentLine());
        agent.awaitText("ready:", READY_TIMEOUT);
        return agent;
    }

    /** Starts a program on this node, which ends with it. */
    Program start(List<String> line) {
        Program program = Program.startIn(namespace(), line);
        programs.add(program);
        return program;
    }

    /** Runs a command that asks the agent of this node. */
    Program.Ended ask(String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        line.addAll(List.of("--run-dir", runDir()));
        return Fairlead.runIn(namespace(), line.toArray(String[]::new));
    }

    /** Whether the client pod gets an answer from an endpoint of the sample through this address. */
    boolean answers(String address, int port) {
        return answers(address, port, ANSWER_TIMEOUT);
    }

    /** The same, where an answer comes at once or not at all. */
    boolean answersAtOnce(String address, int port) {
        return answers(address, port, SHORT);
    }

    private boolean answers(String address, int port, Duration patience) {
        Flow flow = new Flow(IpAddress.parse(CLIENT_ADDRESS), "client", IpAddress.parse(address), port, Protocol.TCP);
        return switch (Probe.send(client.namespace(), flow, patience)) {
            case Probe.Result.Answered answer ->
                ENDPOINTS.contains(answer.server().split(":", -1)[0]);
            case Probe.Result.Refused() -> false;
            case Probe.Result.Silence() -> false;
        };
    }

    void expectRouted() {
        assertTrue(answers(CLUSTER_ADDRESS, 80), () -> "the ClusterIP is not answered\n" + logs());
        assertTrue(answers(NODE_ADDRESS, 30080), () -> "the NodePort is not answered\n" + logs());
    }

    private String logs() {
        return programs.stream().map(Program::log).collect(Collectors.joining());
    }

    /** What another tool says, run on this node. */
    String tool(String... words) {
        return Tool.run(namespace(), words);
    }

    String rules() {
        return tool("nft", "list", "ruleset");
    }

    /** What a page says, behind its status. */
    String page(int port, String path) {
        return tool("curl", "-s", "-m", "5", "-w", "\n%{http_code}", "http://127.0.0.1:" + port + path);
    }

    @Override
    public void close() {
        programs.forEach(Program::close);
        server.close();
        List.of(node, pods, client, elsewhere).forEach(Place::close);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
