package io.fairlead.test.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.Flow;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.nft.NetlinkNft;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.test.scenario.Client;
import io.fairlead.test.scenario.Cluster;
import io.fairlead.test.scenario.Manifests;
import io.fairlead.test.scenario.NodeOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What scenarios do not show: other tools, connections that live on, traffic while everything changes.
 *
 * <p>Confined to the test thread.
 */
final class AgentOnKernelIT {

    private static final AgentPolicy POLICY = new NodeOptions().policy();
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String WEB = """
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              type: NodePort
              clusterIPs: [172.30.0.41, "fd00:172:30::41"]
              ports: [{port: 80, nodePort: 30080}]
            """;

    private final Topology topology = new Topology();
    private final Cluster cluster = new Cluster(Manifests.base());
    private final KernelEngine engine = new KernelEngine(KernelPlane.NFTABLES, topology, POLICY);

    @BeforeEach
    void serve() {
        apply(WEB);
        apply(slice("10.180.0.1", "10.180.1.1"));
    }

    @AfterEach
    void remove() {
        engine.close();
        cluster.close();
        topology.close();
    }

    private static String slice(String... addresses) {
        StringBuilder text = new StringBuilder("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
                addressType: IPv4
                ports: [{port: 8080}]
                endpoints:
                """);
        for (String address : addresses) {
            text.append("- {addresses: [").append(address).append("], nodeName: node-1}\n");
        }
        return text.toString();
    }

    private void apply(String manifest) {
        cluster.replace(Manifests.split(manifest));
        Cluster.News news = cluster.takeNews();
        engine.sync(news.delta(), news.snapshot());
    }

    private static Flow flow(Client client, String address, int port) {
        IpAddress destination = IpAddress.parse(address);
        return new Flow(client.address(destination.family()), client.arrival(), destination, port, Protocol.TCP);
    }

    private boolean answers() {
        return Probe.send(topology.of(Client.POD_A), flow(Client.POD_A, "172.30.0.41", 80), PATIENCE)
                instanceof Probe.Result.Answered;
    }

    @Test
    void nftToolReadsWhatWeWrote() {
        String ruleset = Tool.run(topology.node(), "nft", "list", "ruleset");
        assertTrue(ruleset.contains("table ip fairlead"), ruleset);
        assertTrue(ruleset.contains("table ip6 fairlead"), ruleset);
        assertTrue(ruleset.contains("172.30.0.41 . tcp . 80"), ruleset);
        assertTrue(ruleset.contains("10.180.1.1 . 8080"), ruleset);
        assertTrue(ruleset.contains("fd00:172:30::41"), ruleset);
    }

    @Test
    void flushOfEverythingByAnotherToolDoesNoHarm() {
        Tool.run(topology.node(), "nft", "flush", "ruleset");
        if (!ownsItsTables()) {
            // This kernel cannot protect them: the agent is told of the change and repairs it.
            engine.restart(engine.agent().engine().snapshot());
        }
        assertTrue(answers());
        apply(slice("10.180.0.2"));
        assertTrue(answers());
    }

    private boolean ownsItsTables() {
        try (Nft nft = topology.node().run(NetlinkNft::open)) {
            return nft.supportsOwnedPersistentTables();
        }
    }

    @Test
    void establishedConnectionSurvivesRestartAndRemovalOfItsEndpoint() throws IOException {
        apply(slice("10.180.0.102"));
        NetNs backend = topology.of(Client.POD_B);
        try (ServerSocket server = backend.run(() -> new ServerSocket(7000));
                Socket client = new Socket()) {
            apply(slice("10.180.0.102").replace("8080", "7000"));
            topology.of(Client.POD_A).run(() -> client.bind(local(Client.POD_A)));
            client.connect(
                    new InetSocketAddress(
                            IpBytes.address(IpAddress.parse("172.30.0.41").toBytes()), 80),
                    (int) PATIENCE.toMillis());
            try (Socket accepted = server.accept()) {
                talk(client, accepted, "before");
                engine.restart(engine.agent().engine().snapshot());
                talk(client, accepted, "after a restart");
                apply(slice("10.180.1.1"));
                talk(client, accepted, "after the endpoint left");
                apply(WEB.replace("172.30.0.41", "172.30.0.42"));
                talk(client, accepted, "after the Service left");
            }
        }
    }

    private static InetSocketAddress local(Client client) {
        return new InetSocketAddress(
                IpBytes.address(client.address(IpFamily.IPV4).toBytes()), 0);
    }

    private static void talk(Socket from, Socket to, String words) throws IOException {
        from.setSoTimeout((int) PATIENCE.toMillis());
        to.setSoTimeout((int) PATIENCE.toMillis());
        from.getOutputStream().write((words + "\n").getBytes(StandardCharsets.US_ASCII));
        assertEquals(words, readLine(to));
        to.getOutputStream().write(("yes, " + words + "\n").getBytes(StandardCharsets.US_ASCII));
        assertEquals("yes, " + words, readLine(from));
    }

    private static String readLine(Socket socket) throws IOException {
        return String.valueOf(
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                        .readLine());
    }

    @Test
    void noConnectionFailsWhileEndpointsChangeAndTheAgentIsReplaced() throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        List<Probe.Result> failed = new ArrayList<>();
        Thread client = Thread.ofPlatform().daemon().start(() -> {
            while (!stop.get()) {
                Probe.Result result =
                        Probe.send(topology.of(Client.POD_A), flow(Client.POD_A, "172.30.0.41", 80), PATIENCE);
                if (result instanceof Probe.Result.Answered) {
                    answered.incrementAndGet();
                } else {
                    failed.add(result);
                }
            }
        });
        for (int change = 0; change < 60; change++) {
            // One endpoint stays; the others come and go.
            apply(slice("10.180.0.1", "10.180.0." + (2 + change % 9), "10.180.1." + (1 + change % 7)));
            if (change % 20 == 10) {
                engine.restart(engine.agent().engine().snapshot());
            }
        }
        stop.set(true);
        client.join();
        assertEquals(List.of(), failed);
        assertTrue(answered.get() > 60, () -> "only " + answered + " connections");
    }

    @Test
    void affinityRecordExpires() throws InterruptedException {
        String shortAffinity =
                "  sessionAffinity: ClientIP\n  sessionAffinityConfig: {clientIP: {timeoutSeconds: 1}}\n";
        apply(WEB + shortAffinity);
        assertTrue(answers());
        String record = "10.180.0.101 timeout 1s";
        assertTrue(listing().contains(record), this::listing);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (listing().contains(record)) {
            assertTrue(System.nanoTime() < deadline, "the record stays");
            Thread.sleep(50);
        }
    }

    private String listing() {
        return Tool.run(topology.node(), "nft", "list", "table", "ip", "fairlead");
    }

    @Test
    void namespacesEndWithTheTopology() throws IOException {
        List<Long> before = ProcessNamespaces.inodes();
        Topology another = new Topology();
        assertTrue(ProcessNamespaces.inodes().size() > before.size(), "it has made some");
        another.close();
        assertEquals(before, ProcessNamespaces.inodes());
    }
}
