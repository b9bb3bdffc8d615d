package io.fairlead.test.api;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.cluster.AgentProcess;
import io.fairlead.lab.kube.KubeProxy;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.NodeSpec;
import io.fairlead.lab.topology.Topology;
import io.fairlead.test.Poll;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * From the real kube-proxy to the agent and back, on nodes under traffic.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TakeOverIT {

    private static final Duration READY = Duration.ofSeconds(45);
    private static final Duration SECONDS = Duration.ofSeconds(15);

    @TempDir
    private static Path base;

    private ApiCluster cluster;

    @BeforeAll
    void build() {
        // A node for each mode, and one without an agent.
        cluster = new ApiCluster(base, Topology.of(4, 2));
    }

    @AfterEach
    void killAgents() {
        cluster.killAgents();
    }

    @AfterAll
    void remove() {
        cluster.close();
    }

    private KubeProxy startKubeProxy(NodeSpec spec, KubeProxy.Mode mode) {
        KubeProxy proxy = cluster.startKubeProxy(spec, mode);
        proxy.awaitReady(READY);
        return proxy;
    }

    private NodeSpec node(KubeProxy.Mode mode) {
        return cluster.topology().nodes().get(mode.ordinal());
    }

    @ParameterizedTest
    @EnumSource
    void nobodyNoticesTheWayFromKubeProxy(KubeProxy.Mode mode) {
        takeOver(mode, "nftables");
    }

    /** Both write the same tables, with the tools that kubelet uses. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NFTABLES")
    void nobodyNoticesTheWayFromKubeProxyToTheSameTables(KubeProxy.Mode mode) {
        useToolsOf(mode);
        takeOver(mode, "iptables");
    }

    private void useToolsOf(KubeProxy.Mode mode) {
        Host host = cluster.host(node(mode).host());
        ForeignRules.write(host);
        ForeignRules.use(host, mode == KubeProxy.Mode.IPTABLES_NFT ? "nft" : "legacy");
    }

    private void takeOver(KubeProxy.Mode mode, String to) {
        NodeSpec spec = node(mode);
        ForeignRules foreign = ForeignRules.write(cluster.host(spec.host()));
        try (KubeProxy proxy = startKubeProxy(spec, mode);
                NodeTraffic traffic = NodeTraffic.start(cluster, spec, mode.ordinal())) {
            AgentProcess agent = cluster.startAgent(spec, "--mode=" + to);
            agent.awaitReady(READY);
            assertTrue(agent.log().contains(": " + to + ", "), agent.log());
            expectAgentLeads(traffic, proxy, agent);
            proxy.resume();
            proxy.stop();
            NodeCommand.expectSuccess(agent.node(), "cleanup", "--kube-proxy");
            foreign.expectNothingElse();
            traffic.expectFollowed();
            awaitStatus(agent, "kube-proxy", false);
            traffic.expectNoFailure();
            stop(agent);
            assertFalse(foreign.hasOurs());
        }
    }

    @ParameterizedTest
    @EnumSource
    void nobodyNoticesTheWayBack(KubeProxy.Mode mode) {
        NodeSpec spec = node(mode);
        ForeignRules foreign = ForeignRules.write(cluster.host(spec.host()));
        AgentProcess agent = cluster.startAgent(spec);
        agent.awaitReady(READY);
        try (NodeTraffic traffic = NodeTraffic.start(cluster, spec, mode.ordinal())) {
            try (KubeProxy proxy = startKubeProxy(spec, mode)) {
                awaitStatus(agent, "kube-proxy runs on this node (process " + proxy.pid() + ")", true);
                assertTrue(agent.log().contains("(process " + proxy.pid() + ")"), agent.log());
                stop(agent);
                assertFalse(foreign.hasOurs());
                traffic.expectFollowed();
                if (mode != KubeProxy.Mode.NFTABLES) {
                    traffic.expectLoopback();
                }
                traffic.expectNoFailure();
            }
        }
        NodeCommand.expectSuccess(agent.node(), "cleanup", "--kube-proxy");
        foreign.expectNothingElse();
    }

    @ParameterizedTest
    @EnumSource
    void anAgentHandsBackToAKubeProxyThatRuns(KubeProxy.Mode mode) {
        handBack(mode, "nftables");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NFTABLES")
    void anAgentHandsTheSameTablesBackToAKubeProxyThatRuns(KubeProxy.Mode mode) {
        useToolsOf(mode);
        handBack(mode, "iptables");
    }

    private void handBack(KubeProxy.Mode mode, String from) {
        NodeSpec spec = node(mode);
        ForeignRules foreign = ForeignRules.write(cluster.host(spec.host()));
        AgentProcess agent = cluster.startAgent(spec, "--hand-back", "--mode=" + from);
        agent.awaitReady(READY);
        try (NodeTraffic traffic = NodeTraffic.start(cluster, spec, mode.ordinal())) {
            try (KubeProxy proxy = startKubeProxy(spec, mode)) {
                if (from.equals("iptables")) {
                    // kube-proxy has put its rules before those that were there.
                    Poll.until("ours come first again", SECONDS, foreign::oursComeFirst);
                    expectAgentLeads(traffic, proxy, agent);
                    proxy.resume();
                }
                agent.stop();
                assertFalse(foreign.hasOurs());
                assertTrue(agent.log().contains("Fairlead's are removed"), agent.log());
                traffic.expectFollowed();
                traffic.expectNoFailure();
            }
        }
        NodeCommand.expectSuccess(agent.node(), "cleanup", "--kube-proxy");
        foreign.expectNothingElse();
    }

    @Test
    void anAgentHandsNothingBackToRulesOfAKubeProxyThatIsGone() {
        NodeSpec spec = node(KubeProxy.Mode.IPTABLES_NFT);
        ForeignRules foreign = ForeignRules.write(cluster.host(spec.host()));
        try (KubeProxy _ = startKubeProxy(spec, KubeProxy.Mode.IPTABLES_NFT)) {
            assertTrue(foreign.iptables().contains("KUBE-SERVICES"));
        }
        AgentProcess agent = cluster.startAgent(spec, "--hand-back");
        agent.awaitReady(READY);
        agent.stop();
        assertTrue(foreign.hasOurs());
        NodeCommand.expectSuccess(agent.node(), "cleanup");
        NodeCommand.expectSuccess(agent.node(), "cleanup", "--kube-proxy");
        foreign.expectNothingElse();
    }

    private static void stop(AgentProcess agent) {
        agent.stop();
        NodeCommand.expectSuccess(agent.node(), "cleanup");
    }

    /** With kube-proxy frozen, what changes can only be the agent's work. */
    private static void expectAgentLeads(NodeTraffic traffic, KubeProxy proxy, AgentProcess agent) {
        proxy.pause();
        traffic.expectFollowed();
        awaitStatus(agent, "kube-proxy runs on this node (process " + proxy.pid() + ")", true);
    }

    private static void awaitStatus(AgentProcess agent, String text, boolean there) {
        Poll.until(
                "status " + (there ? "says " : "does not say ") + text,
                SECONDS,
                () -> agent.table("/status", Map.of()).orElse("").contains(text) == there);
    }

    @Test
    void withoutAnybodyTheTrafficFails() {
        NodeSpec spec = cluster.topology().nodes().getLast();
        try (KubeProxy proxy = startKubeProxy(spec, KubeProxy.Mode.NFTABLES);
                NodeTraffic traffic = NodeTraffic.start(cluster, spec, KubeProxy.Mode.values().length)) {
            proxy.stop();
            String said = NodeCommand.expectSuccess(cluster.host(spec.host()), "cleanup", "--kube-proxy");
            assertTrue(said.contains("nothing routes Services here"), said);
            traffic.expectFailures();
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesWhatItsOwnCleanupLeaves(KubeProxy.Mode mode) {
        NodeSpec spec = cluster.topology().nodes().getLast();
        ForeignRules theirs;
        try (KubeProxy proxy = startKubeProxy(spec, mode)) {
            proxy.stop();
            assertTrue(proxy.cleanUp());
            theirs = ForeignRules.read(cluster.host(spec.host()));
            proxy.restart();
            proxy.awaitReady(READY);
        }
        String said = NodeCommand.expectSuccess(cluster.host(spec.host()), "cleanup", "--kube-proxy");
        assertTrue(said.contains("removed: "), said);
        theirs.expectNothingElse();
    }

    @Test
    void agentRemovesLeftoversOnItsOwnIfItMay() {
        NodeSpec spec = node(KubeProxy.Mode.IPTABLES_NFT);
        ForeignRules foreign = ForeignRules.write(cluster.host(spec.host()));
        AgentProcess agent;
        try (KubeProxy _ = startKubeProxy(spec, KubeProxy.Mode.IPTABLES_NFT)) {
            agent = cluster.startAgent(spec, "--cleanup-kube-proxy");
            agent.awaitReady(READY);
            awaitStatus(agent, "kube-proxy runs", true);
            assertTrue(foreign.iptables().contains("KUBE-SERVICES"), "removed under a running kube-proxy");
        }
        Poll.until("leftovers are gone", SECONDS, () -> !foreign.iptables().contains("KUBE-SERVICES"));
        foreign.expectNothingElse();
        assertTrue(agent.log().contains("removed of kube-proxy:"), agent.log());
        stop(agent);
    }
}
