package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.cluster.AgentProcess;
import io.fairlead.lab.cluster.AgentProgram;
import io.fairlead.lab.cluster.LabCluster;
import io.fairlead.lab.cluster.ServiceManifest;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.run.MemoryGroup;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.Topology;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.lab.traffic.TrafficLoad;
import io.fairlead.lab.traffic.Transport;
import io.fairlead.test.Poll;
import io.fairlead.test.netns.Tool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Agents that run out of memory, and agents of another version: what is in the kernel goes on working, and the next agent
 * takes it over.
 *
 * <p>Confined to the test thread.
 */
final class AgentCareIT {

    private static final int SERVICES = 300;
    private static final Duration SETTLED = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private LabRun run;
    private LabCluster cluster;
    private ServiceManifest web;

    @BeforeEach
    void build() throws IOException {
        run = LabRun.start(folder);
        cluster = LabCluster.build(run, Topology.of(1, 2));
        web = ServiceManifest.of("web", DualStack.of("172.30.0.41", "fd00:172:30::41"), 80, Transport.HTTP)
                .endpoints(cluster.topology().pods());
        cluster.manifests().put(web);
        Files.writeString(cluster.manifests().path().resolve("many.yaml"), many(SERVICES));
    }

    @AfterEach
    void remove() {
        cluster.close();
        run.close();
    }

    /** Services with five endpoints each. */
    private static String many(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> """
                        apiVersion: v1
                        kind: Service
                        metadata: {name: many-%d}
                        spec: {clusterIPs: [172.30.%d.%d], ports: [{port: 80}]}
                        ---
                        apiVersion: discovery.k8s.io/v1
                        kind: EndpointSlice
                        metadata: {name: many-%d-1, labels: {kubernetes.io/service-name: many-%d}}
                        addressType: IPv4
                        ports: [{port: 8080}]
                        endpoints: [%s]
                        """.formatted(i, 1 + i / 250, i % 250, i, i, endpoints(i)))
                .collect(Collectors.joining("---\n"));
    }

    private static String endpoints(int service) {
        return IntStream.range(0, 5)
                .mapToObj(i -> "{addresses: [10.180.%d.%d]}".formatted(10 + service / 50, 5 * (service % 50) + i))
                .collect(Collectors.joining(", "));
    }

    private TrafficLoad load(int seconds) {
        List<Host> clients =
                cluster.topology().pods().stream().map(cluster::host).toList();
        List<InetSocketAddress> targets = List.of(
                new InetSocketAddress(web.clusterAddress().v4(), 80),
                new InetSocketAddress(web.clusterAddress().v6(), 80));
        return TrafficLoad.start(
                clients, new TrafficLoad.Settings(targets, 300, Duration.ofSeconds(seconds), Duration.ofSeconds(5)));
    }

    private static void expectNoFailure(TrafficLoad load) throws InterruptedException {
        assertTrue(load.await(Duration.ofSeconds(50)));
        LoadReport report = load.finish();
        assertEquals(0, report.failed(), report::toString);
    }

    private AgentProcess agent() {
        return cluster.agents().getFirst();
    }

    private String nft(String... words) {
        List<String> line = new ArrayList<>(List.of("nft"));
        line.addAll(List.of(words));
        return Tool.run(agent().node().namespace(), line.toArray(String[]::new));
    }

    /** What an agent of this build does with a table of any other layout, newer or older, it does with one whose mark says so. */
    @Test
    void tableOfAnotherLayoutIsReplacedWithoutAGap() throws InterruptedException {
        cluster.startAgents(AgentProgram.ofThisProcess());
        try (TrafficLoad load = load(9)) {
            for (String other : List.of("layout-99", "layout-0")) {
                agent().kill();
                String own = nft("list", "chains")
                        .lines()
                        .filter(line -> line.contains("chain layout-"))
                        .findFirst()
                        .orElseThrow()
                        .replaceAll(".*chain (\\S+) .*", "$1");
                for (String family : List.of("ip", "ip6")) {
                    nft("add", "chain", family, "fairlead", other);
                    nft("delete", "chain", family, "fairlead", own);
                    nft("add", "set", family, "fairlead", "what-is-this", "{ type mark; }");
                }
                agent().restart();
                agent().awaitReady(SETTLED);
                String now = nft("list", "ruleset");
                assertTrue(now.contains("chain " + own), now);
                assertFalse(now.contains(other) || now.contains("what-is-this"), now);
            }
            expectNoFailure(load);
        }
    }

    /** The kernel kills an agent that uses more memory than its control group may; the node does not notice. */
    @Test
    void agentThatTheKernelKillsForItsMemoryLeavesItsState() throws InterruptedException, IOException {
        try (MemoryGroup group =
                MemoryGroup.create("fairlead-test-" + ProcessHandle.current().pid())) {
            group.limit(1 << 30);
            cluster.startAgents(
                    new AgentProgram(group.words(AgentProgram.ofThisProcess().words())));
            try (TrafficLoad load = load(9)) {
                group.limit(programBytes(agent().pid()) + (4 << 20));
                // More to remember than there is room for.
                Files.writeString(cluster.manifests().path().resolve("many.yaml"), many(30 * SERVICES));
                Poll.until("the kernel kills the agent", SETTLED, () -> group.kills() > 0);
                group.limit(1 << 30);
                Files.writeString(cluster.manifests().path().resolve("many.yaml"), many(SERVICES));
                agent().restart();
                agent().awaitReady(SETTLED);
                expectNoFailure(load);
            }
            String services =
                    agent().page("/services", Map.of("filter", "many-")).orElse("");
            assertTrue(services.contains("many-299"), services);
            assertFalse(services.contains("many-300"), services);
            agent().kill();
        }
    }

    /** What a process has in memory that cannot be read again from a file. */
    private static long programBytes(long pid) throws IOException {
        String line = Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(each -> each.startsWith("RssAnon:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }

    /** Java's own limit ends the process as well: half of an agent would be worse than none. */
    @Test
    void agentWithoutHeapEndsAndLeavesItsState() throws InterruptedException, IOException {
        cluster.startAgents(Fairlead.agentWithHeap("20m"));
        try (TrafficLoad load = load(6)) {
            Files.writeString(cluster.manifests().path().resolve("many.yaml"), many(30 * SERVICES));
            Poll.until(
                    "the agent ends",
                    SETTLED,
                    () -> !ProcessHandle.of(agent().pid())
                            .map(ProcessHandle::isAlive)
                            .orElse(false));
            expectNoFailure(load);
        }
        assertTrue(agent().log().contains("OutOfMemoryError"), agent().log());
    }
}
