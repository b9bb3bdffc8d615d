package io.fairlead.agent.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.TestCluster;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Where the plan says that a flow goes.
 *
 * <p>Confined to the test thread.
 */
class PlanWalkTest {

    private static final String POD = "10.180.0.77";
    private static final String OUTSIDE = "203.0.113.7";
    private static final Set<IpAddress> OF_NODE =
            Set.of(IpAddress.parse("192.168.0.1"), IpAddress.parse("fd00:c0a8::1"));

    private static final Service WEB = Plans.service("web", "172.30.0.41")
            .nodePort(30080)
            .loadBalancer("5.6.7.8")
            .sourceRange("203.0.113.0/24")
            .externalLocal()
            .build();
    private static final Service DNS = Plans.service("dns", "172.30.0.10", "fd00:172:30::10")
            .port("dns", Protocol.UDP, 53, 0)
            .affinity(600)
            .build();
    private static final Service EMPTY = Plans.service("empty", "172.30.0.44").build();

    private final TestCluster cluster = new TestCluster(
            WEB,
            Plans.slice(WEB, "10.180.0.1@node-1", "10.180.0.2@node-2"),
            DNS,
            Plans.slice(DNS, "10.180.0.3@node-1"),
            Plans.slice(DNS, "fd00:10::3@node-1"),
            EMPTY);
    private final NodePlanner planner = new NodePlanner();

    @AfterEach
    void close() {
        cluster.close();
    }

    private Explanation explain(String source, String arrival, String destination, int port, Protocol protocol) {
        TestCluster.Update update = cluster.fetch();
        planner.update(update.delta().services(), update.snapshot(), Plans.NODE, Plans.SETTINGS);
        PlanWalk walk = new PlanWalk(planner, address -> address.isLoopback() || OF_NODE.contains(address));
        return walk.explain(new Flow(IpAddress.parse(source), arrival, IpAddress.parse(destination), port, protocol));
    }

    private String outcome(String source, String arrival, String destination, int port) {
        return text(explain(source, arrival, destination, port, Protocol.TCP).outcome());
    }

    private static String text(Explanation.Outcome outcome) {
        return switch (outcome) {
            case Explanation.Outcome.Forward forward ->
                new TreeSet<>(forward.backends())
                        + (forward.masquerade() ? " masqueraded" : "")
                        + (forward.hairpins().isEmpty() ? "" : " hairpin " + forward.hairpins());
            case Explanation.Outcome.Reject ignored -> "reject";
            case Explanation.Outcome.Drop ignored -> "drop";
            case Explanation.Outcome.Pass ignored -> "pass";
        };
    }

    private static final String ALL = "[10.180.0.1:8080, 10.180.0.2:8080]";
    private static final String LOCAL = "[10.180.0.1:8080]";

    @Test
    void everyClientAtEveryDestination() {
        assertEquals(ALL, outcome(POD, "cni0", "172.30.0.41", 80));
        assertEquals(ALL + " masqueraded", outcome("192.168.0.1", "", "172.30.0.41", 80));
        assertEquals(ALL + " masqueraded", outcome(OUTSIDE, "eth0", "172.30.0.41", 80));
        assertEquals(ALL, outcome(POD, "cni0", "192.168.0.1", 30080));
        assertEquals(ALL + " masqueraded", outcome("192.168.0.1", "", "192.168.0.1", 30080));
        assertEquals(ALL + " masqueraded", outcome("127.0.0.1", "", "127.0.0.1", 30080));
        assertEquals(LOCAL, outcome(OUTSIDE, "eth0", "192.168.0.1", 30080));
        assertEquals(LOCAL, outcome(OUTSIDE, "eth0", "5.6.7.8", 80));
    }

    @Test
    void sourceRangesComeFirst() {
        assertEquals("drop", outcome(POD, "cni0", "5.6.7.8", 80));
        assertEquals("drop", outcome("198.51.100.1", "eth0", "5.6.7.8", 80));
        assertEquals(LOCAL, outcome("198.51.100.1", "eth0", "192.168.0.1", 30080));
    }

    @Test
    void onlyAnEligibleAddressServesNodePorts() {
        assertEquals("pass", outcome(OUTSIDE, "eth0", "192.168.7.7", 30080));
        assertEquals("pass", outcome(OUTSIDE, "eth0", "192.168.0.1", 30081));
        assertEquals("pass", outcome(OUTSIDE, "eth0", "5.6.7.8", 30080));
    }

    @Test
    void guardKnowsUsedAndUnusedClusterIps() {
        assertEquals("reject", outcome(POD, "cni0", "172.30.0.44", 80));
        assertEquals("reject", outcome(POD, "cni0", "172.30.0.41", 81));
        assertEquals("drop", outcome(POD, "cni0", "172.30.0.99", 80));
        assertEquals("pass", outcome(POD, "cni0", "198.51.100.1", 80));
        assertEquals(
                "reject",
                text(explain("fd00:10::77", "cni0", "fd00:172:30::10", 53, Protocol.TCP)
                        .outcome()));
    }

    @Test
    void backendThatReachesItselfIsMasqueraded() {
        assertEquals(ALL + " hairpin " + LOCAL, outcome("10.180.0.1", "cni0", "172.30.0.41", 80));
        assertEquals(
                ALL + " hairpin [10.180.0.2:8080]",
                outcome("10.180.0.2", "eth0", "192.168.0.1", 30080),
                "a pod of another node, which no other node translates for");
        cluster.delete(WEB).put(Plans.service("web", "172.30.0.41").build());
        assertEquals(
                ALL,
                outcome("10.180.0.2", "eth0", "172.30.0.41", 80),
                "a pod's own node translates what it sends to a ClusterIP");
    }

    @Test
    void reasonsTellTheStory() {
        Explanation explanation = explain(POD, "cni0", "172.30.0.10", 53, Protocol.UDP);
        assertEquals(
                "default/dns:dns/udp",
                explanation.frontend().orElseThrow().port().toString());
        assertEquals(
                "[172.30.0.10:53/udp is the ClusterIP of default/dns:dns/udp, a pod's source is kept,"
                        + " ready endpoints: 1, ClientIP affinity for 600 s]",
                explanation.reasons().toString());
        assertTrue(explain(OUTSIDE, "eth0", "192.168.0.1", 30080, Protocol.TCP)
                .reasons()
                .getFirst()
                .equals("port 30080 of this node is the NodePort of default/web:http/tcp"));
    }
}
