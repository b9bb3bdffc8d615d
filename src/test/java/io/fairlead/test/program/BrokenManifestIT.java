package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.test.Poll;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A manifest that cannot be honoured, beside a good one, while the agent runs: it is told of once and everywhere, and
 * nothing else suffers.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class BrokenManifestIT {

    private static final Duration NOTICED_MAX = Duration.ofSeconds(5);
    private static final int METRICS_PORT = 10249;

    private static final String SHOP = """
            apiVersion: v1
            kind: Service
            metadata: {name: shop, namespace: default}
            spec:
              clusterIP: 172.30.0.42
              ports: [{name: http, port: 80}]
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: shop-1, namespace: default, labels: {kubernetes.io/service-name: shop}}
            addressType: IPv4
            ports: [{name: http, port: 8080}]
            endpoints: [{addresses: [10.180.0.1], conditions: {ready: true}}]
            """;

    private final SampleNode node = new SampleNode();
    private Program agent;

    @BeforeEach
    void routeTheGoodOne() {
        agent = node.startAgent();
        node.expectRouted();
    }

    @AfterEach
    void remove() {
        node.close();
    }

    @Test
    void objectThatCannotBeHonouredIsSetAsideAlone() {
        node.write("shop.yaml", SHOP.replace("port: 80}", "port: 99999}"));
        expectSetAside("Service", "default/shop", "shop.yaml:6", "spec.ports[0].port: 99999");
        assertFalse(node.answersAtOnce("172.30.0.42", 80));
        mend();
    }

    @Test
    void fileThatIsNoYamlIsSetAsideAlone() {
        node.write("shop.yaml", SHOP.replace("spec:", "  spec: ["));
        expectSetAside("Manifest", "shop.yaml", "shop.yaml:4", "not YAML");
        mend();
    }

    @Test
    void whatBreaksLaterKeepsItsLastGoodState() {
        node.write("shop.yaml", SHOP);
        Poll.until("the shop answers", NOTICED_MAX, () -> node.answersAtOnce("172.30.0.42", 80));
        node.write("shop.yaml", SHOP.replace("172.30.0.42", "nonsense"));
        expectSetAside("Service", "default/shop", "shop.yaml:5", "spec.clusterIP: 'nonsense'");
        assertTrue(node.answers("172.30.0.42", 80), "its last good state is gone");
        mend();
    }

    private void expectSetAside(String kind, String name, String where, String reason) {
        agent.awaitText(reason, NOTICED_MAX);
        Poll.until("the metric is 1", NOTICED_MAX, () -> setAside("1"));
        List<String> lines = linesWith(name);
        assertEquals(1, lines.size(), lines::toString);
        for (String part : List.of("warning", kind, where, reason)) {
            assertTrue(lines.getFirst().contains(part), lines::toString);
        }
        Program.Ended status = node.ask("status");
        assertEquals(0, status.exitCode(), status::toString);
        assertTrue(status.out().matches("(?s).*\nset aside +1\n.*"), status::toString);
        String row = status.out()
                .lines()
                .filter(line -> line.startsWith(kind))
                .findFirst()
                .orElse("");
        for (String part : List.of(name, where, reason)) {
            assertTrue(row.contains(part), status::toString);
        }
        node.expectRouted();
    }

    private List<String> linesWith(String text) {
        return agent.log().lines().filter(line -> line.contains(text)).toList();
    }

    private boolean setAside(String count) {
        return node.page(METRICS_PORT, "/metrics").contains("\nfairlead_set_aside_objects " + count + ".0\n");
    }

    private void mend() {
        node.write("shop.yaml", SHOP);
        Poll.until("the shop answers", NOTICED_MAX, () -> node.answersAtOnce("172.30.0.42", 80));
        Poll.until("the metric is 0", NOTICED_MAX, () -> setAside("0"));
        agent.awaitText("is honoured again", NOTICED_MAX);
        String status = node.ask("status").out();
        assertTrue(status.matches("(?s).*\nset aside +0\n"), status);
        node.expectRouted();
    }
}
