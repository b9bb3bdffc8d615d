package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.test.Poll;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What else is on a node: firewalls, CNI plugins, what kube-proxy left.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class NeighboursIT {

    private static final Duration NOTICED = Duration.ofSeconds(10);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final Pattern REMEDY = Pattern.compile("for Services; '([^']+)' lets it pass");
    private static final int HOST_PORT = 8088;

    private final SampleNode node = new SampleNode();

    @AfterEach
    void remove() {
        node.close();
    }

    /** What {@code fairlead status} prints, without starting it. */
    private String status() {
        return node.tool("curl", "-s", "--unix-socket", node.runDir() + "/proxy.sock", "http://localhost/status");
    }

    private void stop(Program agent) {
        agent.signal("TERM");
        agent.awaitEnd(STOP);
    }

    private void shell(String line) {
        node.tool("sh", "-ec", line);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nft 'add table inet fw; add chain inet fw forward { type filter hook forward priority 0; policy drop; }'"
                        + "| nftables chain inet fw forward drops",
                "nft 'add table ip fw; add chain ip fw forwards { type filter hook forward priority 0; };"
                        + " add rule ip fw forwards ct state established accept; add rule ip fw forwards counter reject'"
                        + "| nftables chain ip fw forwards may drop",
                "iptables-nft -P FORWARD DROP | chain FORWARD of iptables-nft drops",
                "iptables-legacy -P FORWARD DROP | chain FORWARD of iptables-legacy drops",
            })
    void firewallThatDropsForwardsIsNamedWithItsRemedy(String firewall, String warning) {
        shell(firewall);
        Program agent = node.startAgent();
        Poll.until("status says " + warning, NOTICED, () -> status().contains(warning));
        assertFalse(node.answersAtOnce(SampleNode.CLUSTER_ADDRESS, 80), "the firewall drops nothing");
        assertTrue(agent.log().contains(warning), agent.log());
        Matcher remedy = REMEDY.matcher(status());
        assertTrue(remedy.find(), this::status);
        node.tool(remedy.group(1).split(" ", -1));
        node.expectRouted();
    }

    @Test
    void firewallThatAcceptsWhatIsTranslatedIsNotNamed() {
        node.tool(
                "nft",
                "add table inet fw; add chain inet fw forward { type filter hook forward priority 0; policy drop; };"
                        + "add rule inet fw forward ct status dnat accept");
        node.startAgent();
        Poll.until(
                "firewalls were looked for",
                NOTICED,
                () -> node.page(10249, "/metrics").contains("\nfairlead_forward_firewalls 0.0\n"));
        node.expectRouted();
        assertFalse(status().contains("drop"), this::status);
    }

    @Test
    void portsThatTheRealPortmapMapsKeepWorking() {
        shell("printf '%s' '" + """
                {"cniVersion": "0.4.0", "name": "lab", "type": "portmap", "snat": true,
                 "capabilities": {"portMappings": true},
                 "runtimeConfig": {"portMappings": [{"hostPort": 8088, "containerPort": 8080, "protocol": "tcp"}]},
                 "prevResult": {"cniVersion": "0.4.0", "interfaces": [{"name": "eth0", "sandbox": "/pod"}],
                   "ips": [{"version": "4", "interface": 0, "address": "10.180.0.1/24"}]}}
                """ + "' | CNI_COMMAND=ADD CNI_CONTAINERID=lab CNI_NETNS=/pod CNI_IFNAME=eth0"
                + " CNI_PATH=/usr/lib/cni /usr/lib/cni/portmap");
        assertTrue(node.answers(SampleNode.NODE_ADDRESS, HOST_PORT), "portmap alone");
        String rules = iptables();
        Program agent = node.startAgent();
        node.expectRouted();
        assertTrue(node.answers(SampleNode.NODE_ADDRESS, HOST_PORT), "portmap beside the agent");
        stop(agent);
        assertEquals(0, Fairlead.runIn(node.namespace(), "cleanup").exitCode());
        assertEquals(
                0, Fairlead.runIn(node.namespace(), "cleanup", "--kube-proxy").exitCode());
        assertTrue(node.answers(SampleNode.NODE_ADDRESS, HOST_PORT), "portmap after the agent");
        assertEquals(rules, iptables());
    }

    /** What both kinds of tools print, less counters and the time of day. */
    private String iptables() {
        return node.tool("sh", "-c", "(iptables-nft-save; iptables-legacy-save) 2>/dev/null")
                .replaceAll("(?m)^#.*\n| ?\\[\\d+:\\d+]", "");
    }

    @Test
    void marksAndMasqueradingOfAnotherCniMix() {
        shell("iptables -t mangle -A PREROUTING -j MARK --set-xmark 0xaa0000/0xff0000");
        shell("iptables -t nat -A POSTROUTING -s 10.180.0.0/24 ! -d 10.180.0.0/16 -j MASQUERADE");
        node.tool("nft", """
                add table ip witness; add chain ip witness last { type filter hook postrouting priority 300; };
                add rule ip witness last ct status dnat ct state new meta mark & 0x00ff0000 != 0x00aa0000 counter comment "theirs lost";
                add rule ip witness last ct status dnat ct state new meta mark & 0x00ff0000 == 0x00aa0000 counter comment "theirs kept";
                add rule ip witness last meta mark & 0x00004000 == 0x00004000 counter comment "ours left"
                """.replace("\n", ""));
        node.startAgent();
        for (int i = 0; i < 5; i++) {
            node.expectRouted();
        }
        String witness = node.tool("nft", "list", "table", "ip", "witness");
        assertTrue(
                Pattern.compile("counter packets 0 .*theirs lost")
                        .matcher(witness)
                        .find(),
                witness);
        assertTrue(
                Pattern.compile("counter packets [1-9]\\d* .*theirs kept")
                        .matcher(witness)
                        .find(),
                witness);
        assertTrue(
                Pattern.compile("counter packets 0 .*ours left")
                        .matcher(witness)
                        .find(),
                witness);
    }

    @Test
    void processOfThatNameIsNoticedAndItsRulesAreNotRemoved(@TempDir Path folder) throws IOException {
        Program agent = node.startAgent();
        node.tool("nft", "add table ip kube-proxy");
        Path program = Files.copy(Path.of("/bin/sleep"), folder.resolve("kube-proxy"));
        try (Program kubeProxy = Program.startIn(node.namespace(), List.of(program.toString(), "100"))) {
            String warning = "kube-proxy runs on this node (process " + kubeProxy.pid() + ")";
            Poll.until("status says so", NOTICED, () -> status().contains(warning));
            assertTrue(agent.log().contains(warning), agent.log());
            assertTrue(node.page(10249, "/metrics").contains("\nfairlead_kube_proxy_running 1.0\n"));
            Program.Ended refused = Fairlead.runIn(node.namespace(), "cleanup", "--kube-proxy");
            assertEquals(1, refused.exitCode(), refused::toString);
            assertTrue(refused.err().contains("process " + kubeProxy.pid()), refused::toString);
            assertTrue(node.rules().contains("table ip kube-proxy"));
        }
        Poll.until("leftovers are noticed", NOTICED, () -> status().contains("kube-proxy left nftables tables"));
        Program.Ended removed = Fairlead.runIn(node.namespace(), "cleanup", "--kube-proxy");
        assertEquals(0, removed.exitCode(), removed::toString);
        assertEquals("removed: nftables table ip kube-proxy\n", removed.out());
        Poll.until("no more is said", NOTICED, () -> !status().contains("kube-proxy"));
        node.expectRouted();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void chainThatSomebodyElseUsesIsLeftAndNamed(String flavour) {
        shell("iptables-" + flavour + "-restore --noflush <<'END'\n" + """
                *nat
                :CNI-DN-x - [0:0]
                :KUBE-MARK-MASQ - [0:0]
                :KUBE-SERVICES - [0:0]
                :KUBE-SVC-NPX46M4PTMTKRN6Y - [0:0]
                -A CNI-DN-x -s 10.180.0.0/24 -j KUBE-MARK-MASQ
                -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
                -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
                -A KUBE-SERVICES -d 172.30.0.9/32 -j KUBE-SVC-NPX46M4PTMTKRN6Y
                -A KUBE-SVC-NPX46M4PTMTKRN6Y -j KUBE-MARK-MASQ
                COMMIT
                END
                """);
        Program.Ended cleanup = Fairlead.runIn(node.namespace(), "cleanup", "--kube-proxy");
        assertEquals(1, cleanup.exitCode(), cleanup::toString);
        String tool = "iptables-" + flavour;
        assertTrue(cleanup.out().contains("removed: 2 chains of " + tool + " table nat\n"), cleanup::toString);
        assertTrue(
                cleanup.out()
                        .contains("left: " + tool + " chain KUBE-MARK-MASQ of table nat: chain CNI-DN-x uses it\n"),
                cleanup::toString);
        String rules = iptables();
        assertFalse(rules.contains("KUBE-S"), rules);
        assertTrue(rules.contains("-A CNI-DN-x -s 10.180.0.0/24 -j KUBE-MARK-MASQ\n"), rules);
        assertTrue(rules.contains("-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000\n"), rules);
    }
}
