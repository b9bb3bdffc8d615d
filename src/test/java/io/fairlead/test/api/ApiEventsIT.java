package io.fairlead.test.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fairlead.lab.cluster.AgentProcess;
import io.fairlead.lab.kube.Identity;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.Topology;
import io.fairlead.test.Poll;
import io.fairlead.test.netns.Tool;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What agents write to the API, on which objects, and the permissions that all of this takes.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ApiEventsIT {

    private static final Duration WRITTEN = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path base;

    private ApiCluster cluster;

    @BeforeAll
    void build() {
        cluster = new ApiCluster(base);
        cluster.startAgents();
    }

    @AfterAll
    void remove() {
        cluster.close();
    }

    /** Events so far, as {@code Kind name reason: note}. */
    private Set<String> events() {
        try {
            Set<String> lines = new TreeSet<>();
            JsonNode list = JSON.readTree(cluster.api()
                    .get("/apis/events.k8s.io/v1/events")
                    .expectSuccess()
                    .body());
            for (JsonNode event : list.path("items")) {
                if (event.path("reportingController").asText().equals("fairlead.io/proxy")) {
                    lines.add("%s %s %s: %s"
                            .formatted(
                                    event.path("regarding").path("kind").asText(),
                                    event.path("regarding").path("name").asText(),
                                    event.path("reason").asText(),
                                    event.path("note").asText()));
                }
            }
            return lines;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void await(String event) {
        Poll.until(event + " among " + events(), WRITTEN, () -> events().contains(event));
    }

    private String describe(String kind, String name) {
        Host router = cluster.host(Topology.ROUTER);
        return Tool.run(
                router.namespace(),
                Path.of("../../target/judges/kubernetes/kubectl")
                        .toAbsolutePath()
                        .toString(),
                "--kubeconfig",
                cluster.control().kubeconfig(Identity.ADMIN).toString(),
                "describe",
                kind,
                name);
    }

    @Test
    void agentsSayThatTheyServeTheirNodes() {
        await("Node node-1 Starting: fairlead serves Services on node node-1 in nftables mode");
        await("Node node-2 Starting: fairlead serves Services on node node-2 in nftables mode");
        assertTrue(describe("node", "node-1").contains("fairlead serves Services on node node-1"));
    }

    private void service(String name, String more) {
        cluster.objects().apply("/api/v1/namespaces/default/services/" + name, """
                apiVersion: v1
                kind: Service
                metadata: {name: %s}
                spec: {ports: [{port: 80}], %s}
                """.formatted(name, more));
    }

    @Test
    void theOneOfTwoServicesThatDoesNotHaveAnAddressIsTold() {
        service("first", "externalIPs: [198.51.100.7]");
        service("second", "externalIPs: [198.51.100.7]");
        await("Service second AddressConflict: 198.51.100.7:80/tcp (externalIP) is served for Service default/first"
                + " (externalIP), which claims it too");
        assertTrue(describe("service", "second").contains("AddressConflict"));
        assertFalse(describe("service", "first").contains("AddressConflict"));
    }

    @Test
    void serviceThatIsSetAsideIsTold() {
        String addresses = IntStream.range(0, 1001)
                .mapToObj(i -> "198.18." + i / 250 + "." + i % 250)
                .collect(Collectors.joining(", "));
        service("excessive", "externalIPs: [" + addresses + "]");
        await(
                "Service excessive SetAside: spec.externalIPs: has 1001 entries; the limit is 1000; its last good state, if"
                        + " any, stays in force");
    }

    @Test
    void serviceWhoseHealthCheckPortIsTakenIsTold() throws IOException {
        Host node = cluster.host(cluster.topology().nodes().getFirst().host());
        try (ServerSocket _ = node.namespace().run(() -> new ServerSocket(31_234))) {
            service("local", "type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 31234");
            Poll.until(
                    "an Event on the Service among " + events(),
                    WRITTEN,
                    () -> events().stream()
                            .anyMatch(event ->
                                    event.startsWith("Service local FailedToStartServiceHealthcheck: node node-1 ")
                                            && event.contains("31234")));
        }
        assertFalse(events().toString().contains("FailedToStartServiceHealthcheck: node node-2"));
    }

    /** The role is what the agents ask for, no more and no less: the API server's audit log is the witness. */
    @Test
    void theRoleHasThePermissionsThatAgentsUseAndNoOthers() throws IOException {
        await("Node node-1 Starting: fairlead serves Services on node node-1 in nftables mode");
        Permissions permissions = new Permissions(cluster);
        String role = "/apis/rbac.authorization.k8s.io/v1/clusterroles/fairlead-agent";
        assertEquals(permissions.granted(role), permissions.used(ApiCluster.AGENT));
        for (AgentProcess agent : cluster.agents()) {
            String log = Files.readString(agent.folder().resolve("agent.log"));
            assertFalse(log.contains("HTTP 403") || log.contains("orbidden"), log);
        }
    }
}
