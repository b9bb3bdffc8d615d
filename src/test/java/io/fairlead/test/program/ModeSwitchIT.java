package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.test.Poll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent in mode iptables, and from one mode to another while clients connect. */
final class ModeSwitchIT {

    private static final Duration STOP_MAX = Duration.ofSeconds(5);
    private static final Duration READY_MAX = Duration.ofSeconds(20);
    private static final Duration REPAIR_MAX = Duration.ofSeconds(10);
    private static final Duration CLEARED_MAX = Duration.ofSeconds(10);

    private final SampleNode node = new SampleNode();

    @AfterEach
    void remove() {
        node.close();
    }

    private Program start(String mode, String... more) {
        List<String> line = new ArrayList<>(node.agentLine());
        line.addAll(List.of("--mode", mode));
        line.addAll(List.of(more));
        Program agent = node.start(line);
        agent.awaitText("ready:", READY_MAX);
        return agent;
    }

    private void stop(Program agent) {
        agent.signal("TERM");
        agent.awaitEnd(STOP_MAX);
    }

    /** A machine whose kubelet uses the older tools. */
    private void useLegacy() {
        node.tool("iptables-legacy", "-t", "mangle", "-N", "KUBE-KUBELET-CANARY");
    }

    @ParameterizedTest
    @ValueSource(strings = {"legacy", "nft"})
    void noConnectionFailsFromModeToMode(String flavour) {
        if (flavour.equals("legacy")) {
            useLegacy();
        }
        Program first = start("nftables");
        node.expectRouted();
        try (ConnectingClients clients = new ConnectingClients(node)) {
            stop(first);
            Program second = start("iptables");
            assertTrue(second.log().contains("iptables, flavour " + flavour), second::log);
            Poll.until(
                    "the other mode's rules are gone",
                    CLEARED_MAX,
                    () -> !node.rules().contains("table ip fairlead"));
            node.expectRouted();
            stop(second);
            Program third = start("auto");
            assertTrue(third.log().contains("mode auto: nftables"), third::log);
            Poll.until(
                    "their chains are gone", CLEARED_MAX, () -> !chains(flavour).contains("FL-"));
            node.expectRouted();
            clients.expectNoFailure();
        }
    }

    /** All of it by one process; what is wrong in the file changes nothing. */
    @Test
    void theModeFollowsTheConfiguration() {
        Program agent = node.startConfigured("nftables");
        agent.awaitText("ready:", READY_MAX);
        try (ConnectingClients clients = new ConnectingClients(node)) {
            node.configure("iptables");
            agent.awaitText(": mode nftables has ended", READY_MAX);
            assertTrue(chains("nft").contains("FL-SERVICES"), agent::log);
            assertFalse(node.rules().contains("table ip fairlead"), agent::log);
            assertTrue(node.ask("status").out().contains("iptables"), agent::log);
            node.configure("fastest");
            agent.awaitText("what was in force stays", READY_MAX);
            node.configure("nftables");
            agent.awaitText(": mode iptables has ended", READY_MAX);
            assertFalse(chains("nft").contains("FL-"), agent::log);
            clients.expectNoFailure();
        }
        node.expectRouted();
    }

    private String chains(String flavour) {
        return node.tool("iptables-" + flavour + "-save") + node.tool("ip6tables-" + flavour + "-save");
    }

    @ParameterizedTest
    @ValueSource(strings = {"legacy", "nft"})
    void aFlushByOthersIsRepaired(String flavour) {
        if (flavour.equals("legacy")) {
            useLegacy();
        }
        start("iptables");
        node.expectRouted();
        node.tool("iptables-" + flavour, "-t", "nat", "-F");
        Poll.until("repaired", REPAIR_MAX, () -> node.answersAtOnce(SampleNode.CLUSTER_ADDRESS, 80));
        node.tool("iptables-" + flavour, "-F", "FORWARD");
        Poll.until("repaired", REPAIR_MAX, () -> chains(flavour).contains("-A FORWARD -m comment"));
        node.expectRouted();
    }

    @Test
    void cleanupRemovesWhatThisModeWrote() {
        Program agent = start("iptables", "--metrics-bind-address", "127.0.0.1:10249");
        assertEquals("iptables\n200", node.page(10249, "/proxyMode"));
        assertTrue(
                node.ask("status").out().contains("iptables"),
                () -> node.ask("status").toString());
        stop(agent);
        node.expectRouted();
        Program.Ended cleaned = Fairlead.runIn(node.namespace(), "cleanup");
        assertEquals(0, cleaned.exitCode(), cleaned::toString);
        assertEquals("removed: chains FL-... of iptables-nft and ip6tables-nft\n", cleaned.out());
        assertFalse(chains("nft").contains("FL-"));
        assertEquals("net.ipv4.conf.all.route_localnet = 0\n", node.tool("sysctl", "net.ipv4.conf.all.route_localnet"));
    }
}
