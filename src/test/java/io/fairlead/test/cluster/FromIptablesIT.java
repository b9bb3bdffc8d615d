package io.fairlead.test.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.kube.KubeCluster;
import io.fairlead.lab.kube.KubePod;
import io.fairlead.lab.node.KubeNode;
import io.fairlead.test.Poll;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * From a kube-proxy of mode iptables to agents of that mode and of mode nftables, and back, by the chart, in a real
 * cluster under traffic. The kubelet of one node uses the older tools, those of the others the newer, and so does
 * whoever writes iptables on it. Each case goes on where the one before ended.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class FromIptablesIT {

    /** Until kube-proxy's ports are free, and rules of another mode are removed. */
    private static final Duration SERVED_MAX = Duration.ofSeconds(30);

    private final Stage stage = new Stage(KubeCluster.Proxy.IPTABLES, 1);

    @AfterEach
    void endTraffic() {
        stage.shop().endTraffic();
    }

    @AfterAll
    void remove() {
        stage.close();
    }

    private List<KubeNode> nodes() {
        return stage.cluster().nodes();
    }

    /** The kind of tools of a node. */
    private String flavour(KubeNode node) {
        return node.equals(nodes().getLast()) ? "legacy" : "nft";
    }

    private static String other(String flavour) {
        return flavour.equals("nft") ? "legacy" : "nft";
    }

    /** What a node's tables of both families hold. */
    private String rules(KubeNode node, String flavour) {
        return stage.in(node, "iptables-" + flavour + "-save") + stage.in(node, "ip6tables-" + flavour + "-save");
    }

    private void expectKubeProxy() {
        for (KubeNode node : nodes()) {
            assertTrue(rules(node, flavour(node)).contains("\n:KUBE-SERVICES "), node.name());
            assertFalse(rules(node, other(flavour(node))).contains("\n:KUBE-SERVICES "), node.name());
        }
    }

    /** Every agent serves in this mode, and nothing of another one is left. */
    private void expectMode(String mode) {
        boolean iptables = mode.equals("iptables");
        for (KubeNode node : nodes()) {
            Poll.until(
                    node.name() + " serves in mode " + mode + " and has rules of that only",
                    SERVED_MAX,
                    () -> stage.in(node, "curl", "-s", "http://127.0.0.1:10249/proxyMode")
                                    .equals(mode)
                            && stage.hasTable(node, "fairlead") != iptables
                            && rules(node, flavour(node)).contains("\n:FL-SERVICES ") == iptables);
            assertFalse(rules(node, other(flavour(node))).contains("\n:FL-"), node.name());
        }
    }

    @Test
    @Order(1)
    void nodesSayWhichToolsTheyUse() {
        for (KubeNode node : nodes()) {
            String flavour = flavour(node);
            assertTrue(rules(node, flavour).contains("\n:KUBE-IPTABLES-HINT "), node.name());
            assertFalse(rules(node, other(flavour)).contains("\n:KUBE-IPTABLES-HINT "), node.name());
        }
        expectKubeProxy();
    }

    /** Its ConfigMap says mode iptables, which counts. */
    @Test
    @Order(2)
    void theChartTakesItsPlaceWithoutAFailedRequest() {
        stage.shop().startTraffic();
        stage.install();
        stage.shop().expectNoFailure();
        assertEquals(
                "0",
                stage.said("get", "daemonset", "kube-proxy", "--output=jsonpath={.status.currentNumberScheduled}"));
        expectMode("iptables");
        assertFalse(stage.agentLogs().contains("nftables serves instead"), stage::agentLogs);
        stage.shop().expectAllAddresses();
    }

    @Test
    @Order(3)
    void aRollingUpdateFailsNoRequest() {
        stage.shop().startTraffic();
        stage.cluster().kubectl("rollout", "restart", "deployment/shop").expectSuccess();
        stage.cluster().awaitRollout("default", "deployment/shop");
        stage.shop().expectNoFailure();
    }

    @Test
    @Order(4)
    void podsOfEveryNodeResolveNames() {
        List<KubePod> clients = stage.cluster().pods("default", "app=client");
        assertEquals(Stage.NODES, clients.size());
        for (KubePod client : clients) {
            try (client) {
                String answer = stage.cluster()
                        .kubectl("exec", client.name(), "--", "pod", "get", "http://shop.default.svc.cluster.local/")
                        .expectSuccess()
                        .out();
                assertTrue(answer.startsWith("shop-"), answer);
            }
        }
    }

    @Test
    @Order(5)
    void nothingHappensAndNothingFails() {
        stage.expectQuietFor(Duration.ofSeconds(45));
    }

    /** As soon as kube-proxy has been quiet for 90 s; by hand it is {@code fairlead cleanup --kube-proxy}. */
    @Test
    @Order(6)
    void whatKubeProxyLeftIsRemovedAndNothingElse() {
        stage.shop().startTraffic();
        Poll.until(
                "kube-proxy's chains are removed",
                Duration.ofSeconds(50),
                () -> nodes().stream()
                        .noneMatch(node -> stage.hasChain(node, "KUBE-SERVICES") || stage.hasChain(node, "KUBE-SVC-")));
        stage.shop().expectNoFailure();
        for (KubeNode node : nodes()) {
            assertTrue(rules(node, flavour(node)).contains("\n:KUBE-IPTABLES-HINT "), node.name());
        }
        expectMode("iptables");
        stage.shop().expectAllAddresses();
    }

    @Test
    @Order(7)
    void agentsChangeTheirModeWithoutAFailedRequest() {
        stage.shop().startTraffic();
        stage.upgrade("--set=proxy.mode=nftables", "--set=proxy.maxUnavailable=100%");
        expectMode("nftables");
        stage.shop().expectNoFailure();
        stage.shop().expectAllAddresses();
    }

    @Test
    @Order(8)
    void aRollBackChangesItBackWithoutAFailedRequest() {
        stage.shop().startTraffic();
        stage.rollBack();
        expectMode("iptables");
        stage.shop().expectNoFailure();
        stage.shop().expectAllAddresses();
    }

    @Test
    @Order(9)
    void itComesBackWithoutAFailedRequest() {
        stage.shop().startTraffic();
        stage.uninstall();
        stage.shop().expectNoFailure();
        expectKubeProxy();
        stage.shop().expectAllAddresses();
    }
}
