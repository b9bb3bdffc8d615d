package io.fairlead.test.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The runner fails where it must: a scenario that says something wrong does not pass.
 *
 * <p>Confined to the test thread.
 */
final class ScenarioRunTest {

    private static final String WEB = """
            -- web --
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {clusterIP: 172.30.0.41, ports: [{port: 80}]}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
            addressType: IPv4
            ports: [{port: 8080}]
            endpoints:
              - {addresses: [10.180.0.1], nodeName: node-1}
              - {addresses: [10.180.1.1], nodeName: node-2}
            -- flows --
            """;

    private static void play(String steps, String rows) {
        String text = "A sentence.\nsteps:\n" + steps + WEB + rows;
        Scenario scenario = ScenarioParser.parse("web.txt", text.lines().toList());
        try (Engine engine = new FakeEngine(PlaneKind.NFTABLES, scenario.policy(), 0);
                ScenarioRun run = new ScenarioRun(scenario, engine, Permutation.AS_WRITTEN, 1)) {
            run.play();
        }
    }

    private static void fails(String row, String part) {
        AssertionError error = assertThrows(AssertionError.class, () -> play("apply web\nexpect flows = flows\n", row));
        assertTrue(String.valueOf(error.getMessage()).contains(part), error::getMessage);
    }

    @Test
    void rightRowPasses() {
        play(
                "apply web\nexpect flows = flows\n",
                "pod-a  172.30.0.41:80/tcp  10.180.0.1:8080 or 10.180.1.1:8080, source kept\n");
    }

    @Test
    void wrongRowsFail() {
        fails("pod-a  172.30.0.41:80/tcp  10.180.0.1:8080 or 10.180.1.1:8080, masqueraded\n", "by the plan");
        fails("pod-a  172.30.0.41:80/tcp  10.180.0.1:8080, source kept\n", "web.txt:20: pod-a");
        fails("pod-a  172.30.0.41:80/tcp  reject\n", "by the plan");
        fails("pod-a  172.30.0.41:81/tcp  drop\n", "by the plan");
        fails("pod-a  172.30.0.41:80/tcp  10.180.0.1:8080 or 10.180.1.1:8080, source kept, sticky\n", "by the rules");
    }

    @Test
    void whatIsLeftIsNotClean() {
        assertThrows(AssertionError.class, () -> play("apply web\nexpect clean\n", ""));
        play("apply web\ndelete web\nexpect clean\n", "");
    }

    @Test
    void permutationsKeepTheLastWord() {
        List<Map<String, String>> steps = List.of(Map.of("a", "1"), Map.of("b", "1"), Map.of("a", "2"));
        Map<String, String> goal = Map.of("a", "2", "b", "1");
        for (Permutation permutation : Permutation.values()) {
            Map<String, String> reached = new HashMap<>();
            permutation.arrange(steps, new Random(1)).forEach(reached::putAll);
            assertEquals(goal, reached, permutation::toString);
        }
        assertEquals(1, Permutation.SQUASHED.arrange(steps, new Random(1)).size());
        assertEquals(List.of(Map.of("b", "1"), Map.of("a", "2")), Permutation.REVERSED.arrange(steps, new Random(1)));
    }
}
