package io.fairlead.test.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.cluster.AgentProcess;
import io.fairlead.lab.cluster.ServiceManifest;
import io.fairlead.lab.kube.ApiObjects;
import io.fairlead.lab.kube.ControlPlane;
import io.fairlead.lab.kube.Identity;
import io.fairlead.lab.kube.KubeApi;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.NodeSpec;
import io.fairlead.lab.topology.Topology;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.lab.traffic.TrafficLoad;
import io.fairlead.test.Poll;
import io.fairlead.test.netns.Tool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * API servers that go away, come back without their memory, lag behind, or can only be reached through a Service.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
final class ApiOutageIT {

    /** Agents notice within half a minute that a server is cut off, and try every ten seconds. */
    private static final Duration NOTICED = Duration.ofSeconds(45);

    @TempDir
    private Path base;

    private ApiCluster cluster;
    private ApiAnswers answers;
    private ServiceManifest shop;

    @BeforeEach
    void build() {
        cluster = new ApiCluster(base);
        answers = new ApiAnswers(cluster);
        shop = answers.service("shop", 11);
        cluster.objects().put(shop);
    }

    @AfterEach
    void remove() {
        cluster.close();
    }

    private TrafficLoad load(Duration duration) {
        List<InetSocketAddress> targets = List.of(
                new InetSocketAddress(shop.clusterAddress().v4(), 80),
                new InetSocketAddress(shop.clusterAddress().v6(), 80));
        List<Host> clients =
                cluster.topology().pods().stream().map(cluster::host).toList();
        return TrafficLoad.start(clients, new TrafficLoad.Settings(targets, 200, duration, Duration.ofSeconds(5)));
    }

    private static void finish(TrafficLoad load) throws InterruptedException {
        assertTrue(load.await(Duration.ofSeconds(50)));
        LoadReport report = load.finish();
        assertEquals(0, report.failed(), report::toString);
    }

    private Set<String> allPods() {
        return ApiAnswers.names(cluster.topology().pods());
    }

    private ServiceManifest secondPodOnly() {
        return shop.endpoints(cluster.topology().pods().subList(1, 2));
    }

    private Map<String, String> transactions() {
        Map<String, String> counts = new TreeMap<>();
        for (AgentProcess agent : cluster.agents()) {
            String page = agent.page("/metrics", Map.of()).orElse("");
            counts.put(
                    agent.node().name(),
                    page.lines()
                            .filter(line -> line.startsWith("fairlead_kernel_transactions_total "))
                            .collect(Collectors.joining()));
        }
        return counts;
    }

    @Test
    void serverThatIsKilledHarmsNothingAndIsHeardAgain() throws InterruptedException {
        cluster.startAgents();
        answers.expect(shop, allPods());
        try (TrafficLoad load = load(Duration.ofSeconds(8))) {
            cluster.control().killServer(0);
            assertFalse(load.await(Duration.ofSeconds(5)));
            cluster.control().startServer(0);
            finish(load);
        }
        cluster.objects().putSlices(secondPodOnly());
        long start = System.nanoTime();
        answers.expect(shop, ApiAnswers.names(secondPodOnly().endpoints()));
        System.out.printf(
                "first change after the outage in force after %d ms%n", (System.nanoTime() - start) / 1_000_000);
    }

    /** Nodes are cut off for 20 s; meanwhile objects change, the history is compacted and the server starts anew. */
    @Test
    void serverThatIsCutOffAndForgetsItsHistoryIsListedAgain() throws InterruptedException {
        cluster.startAgents();
        answers.expect(shop, allPods());
        ServiceManifest gone = answers.service("gone", 13);
        cluster.objects().put(gone);
        answers.expect(gone, allPods());
        Host router = cluster.host(Topology.ROUTER);
        long cut = System.nanoTime();
        try (TrafficLoad load = load(Duration.ofSeconds(24))) {
            cutOff(router);
            cluster.objects().delete(gone);
            cluster.objects().putSlices(shop.endpoints(cluster.topology().pods().subList(1, 4)));
            cluster.control().killServer(0);
            cluster.control().compactHistory();
            cluster.control().startServer(0);
            cluster.control().compactHistory();
            assertFalse(load.await(Duration.ofSeconds(20).minusNanos(System.nanoTime() - cut)));
            Tool.run(router.namespace(), "nft", "delete", "table", "inet", "cut");
            finish(load);
        }
        answers.expect(shop, ApiAnswers.names(cluster.topology().pods().subList(1, 4)), NOTICED);
        System.out.printf("right again %d ms after the cut began%n", (System.nanoTime() - cut) / 1_000_000);
        answers.awaitSilence(gone);
    }

    private void cutOff(Host router) {
        String nodes = cluster.topology().nodes().stream()
                .map(NodeSpec::host)
                .map(host -> host.addresses().text4())
                .collect(Collectors.joining(", "));
        Tool.run(router.namespace(), "nft", """
                table inet cut {
                  chain in { type filter hook input priority 0; ip saddr { %s } tcp dport %d drop; }
                  chain out { type filter hook output priority 0; ip daddr { %s } tcp sport %d drop; }
                }""".formatted(nodes, ControlPlane.PORT, nodes, ControlPlane.PORT));
    }

    @Test
    void listThatSaysNothingNewSendsNothingToTheKernel() {
        cluster.startAgents();
        answers.expect(shop, allPods());
        Map<String, String> before = transactions();
        assertTrue(before.values().stream().noneMatch(String::isEmpty), before::toString);
        long lists = lists();
        cluster.control().killServer(0);
        cluster.control().compactHistory();
        cluster.control().startServer(0);
        // Of four kinds, on two nodes.
        Poll.until("lists", NOTICED, () -> lists() >= lists + 8);
        assertEquals(before, transactions());
    }

    private long lists() {
        return cluster.control().auditLog().stream()
                .filter(line -> line.contains(ApiCluster.AGENT.user()) && line.contains("\"verb\":\"list\""))
                .count();
    }

    @Test
    void anotherServerIsAskedWhenOneDies() throws IOException {
        cluster.startAgents();
        cluster.control().startServer(1);
        awaitBothServers();
        // Slices are heard of in order: agents that know these know the servers', too.
        ServiceManifest firstPodOnly = shop.endpoints(cluster.topology().pods().subList(0, 1));
        cluster.objects().putSlices(firstPodOnly);
        answers.expect(shop, ApiAnswers.names(firstPodOnly.endpoints()));
        try (KubeApi second = second()) {
            cluster.control().killServer(0);
            new ApiObjects(second, cluster.topology()).putSlices(secondPodOnly());
            answers.expect(shop, ApiAnswers.names(secondPodOnly().endpoints()));
        }
    }

    private KubeApi second() {
        return cluster.control().api(Identity.ADMIN, cluster.host(Topology.ROUTER), 1);
    }

    /** Until the servers' own endpoints name both: agents learn from these. */
    private void awaitBothServers() {
        Poll.until("both servers", NOTICED, () -> {
            try {
                return cluster.api()
                        .get("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes")
                        .body()
                        .contains(Topology.OUTSIDE_GATEWAY.text4());
            } catch (IOException e) {
                return false;
            }
        });
    }

    @Test
    void serverThatHangsForAWhileOrForGoodLosesNothing() throws IOException {
        cluster.control().startServer(1);
        cluster.startAgents(
                "--master", cluster.control().url(1) + "," + cluster.control().url(0));
        answers.expect(shop, allPods());
        Host router = cluster.host(Topology.ROUTER);
        String pid = String.valueOf(cluster.control().pid(1));
        Tool.run(router.namespace(), "kill", "-STOP", pid);
        try {
            cluster.objects().putSlices(shop.endpoints(List.of()));
            cluster.objects().putSlices(secondPodOnly());
            answers.expect(shop, allPods());
            Tool.run(router.namespace(), "kill", "-CONT", pid);
            answers.expect(shop, ApiAnswers.names(secondPodOnly().endpoints()));
            Tool.run(router.namespace(), "kill", "-STOP", pid);
            cluster.objects().putSlices(shop);
            long start = System.nanoTime();
            answers.expect(shop, allPods(), NOTICED);
            System.out.printf("a server that hangs left after %d ms%n", (System.nanoTime() - start) / 1_000_000);
        } finally {
            Tool.run(router.namespace(), "kill", "-CONT", pid);
        }
    }

    /** Agents that came through the API's own Service, whose rules they make themselves, do not stay there. */
    @Test
    void theServiceOfTheApiIsOnlyUsedUntilItsServersAreKnown() {
        cluster.startAgents();
        answers.expect(shop, allPods());
        cluster.killAgents();
        cluster.startAgents("--master", "https://" + cluster.control().serviceAddress());
        cluster.control().killServer(0);
        cluster.control().startServer(0);
        cluster.objects().putSlices(secondPodOnly());
        answers.expect(shop, ApiAnswers.names(secondPodOnly().endpoints()));
        for (AgentProcess agent : cluster.agents()) {
            String connections = Tool.run(agent.node().namespace(), "ss", "-Htn", "state", "established");
            // A socket that serves both families shows IPv4 addresses in brackets.
            String peers = connections.replaceAll("[\\[\\]]", "");
            assertTrue(peers.contains(cluster.host(Topology.ROUTER).addresses().text4() + ":6443"), peers);
            assertFalse(peers.contains(cluster.control().serviceAddress() + ":443"), peers);
        }
    }
}
