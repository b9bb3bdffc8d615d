package io.fairlead.test.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.kube.KubeCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * From a kube-proxy of mode iptables and back, by the chart, in a real cluster under traffic. Each case goes on where the
 * one before ended.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class FromIptablesIT {

    private final Stage stage = new Stage(KubeCluster.Proxy.IPTABLES);

    @AfterAll
    void remove() {
        stage.close();
    }

    private boolean hasRulesOfKubeProxy() {
        return stage.cluster().nodes().stream()
                .allMatch(node -> stage.in(node, "iptables-nft-save", "--table=nat")
                                .contains(":KUBE-SERVICES ")
                        || stage.in(node, "iptables-legacy-save", "--table=nat").contains(":KUBE-SERVICES "));
    }

    @Test
    @Order(1)
    void theChartTakesItsPlaceWithoutAFailedRequest() {
        assertTrue(hasRulesOfKubeProxy());
        stage.shop().startTraffic();
        stage.install();
        stage.shop().expectNoFailure();
        assertEquals(
                "0",
                stage.said("get", "daemonset", "kube-proxy", "--output=jsonpath={.status.currentNumberScheduled}"));
        stage.shop().expectAllAddresses();
    }

    @Test
    @Order(2)
    void itComesBackWithoutAFailedRequest() {
        stage.shop().startTraffic();
        stage.uninstall();
        stage.shop().expectNoFailure();
        assertTrue(hasRulesOfKubeProxy());
        assertFalse(stage.cluster().nodes().stream().anyMatch(node -> stage.hasTable(node, "fairlead")));
        stage.shop().expectAllAddresses();
    }
}
