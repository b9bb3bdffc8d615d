package io.fairlead.agent.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.cluster.model.Service;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Which backends may be chosen for a flow of their own.
 *
 * <p>Confined to the test thread.
 */
class HairpinTest {

    private static final LocalPods PODS = Plans.NODE.localPods();
    private static final LocalPods NOBODY = new LocalPods.Unknown();
    private static final LocalPods BRIDGE = new LocalPods.ByInterface("cni0");

    /** The backends that may reach themselves. */
    private static String possible(Plans.ServiceBuilder builder, LocalPods pods, boolean masqueradeAll) {
        Service service = builder.build();
        NodeFacts node = new NodeFacts("node-1", "", List.of(), pods, masqueradeAll, true);
        PortPlan port = ServicePlanner.plan(
                        service, List.of(Plans.slice(service, "10.180.0.1@node-1", "10.180.0.2@node-2")), node)
                .ports()
                .getFirst();
        return port.cluster().stream()
                .filter(backend -> Hairpin.possible(port, backend, pods))
                .map(backend -> backend.local() ? "here" : "elsewhere")
                .toList()
                .toString();
    }

    private static Plans.ServiceBuilder plain() {
        return Plans.service("web", "172.30.0.41");
    }

    @Test
    void backendOfThisNodeAlwaysMay() {
        assertEquals("[here]", possible(plain(), PODS, false));
        assertEquals("[here]", possible(plain(), PODS, true));
        assertEquals("[here]", possible(plain(), BRIDGE, false));
    }

    @Test
    void withoutDetectorEverybodyKeepsItsSource() {
        assertEquals("[here, elsewhere]", possible(plain(), NOBODY, false));
        assertEquals("[here]", possible(plain(), NOBODY, true));
    }

    @Test
    void shortCircuitKeepsTheSourceOfOtherNodesPods() {
        assertEquals("[here, elsewhere]", possible(plain().nodePort(30080).externalLocal(), PODS, false));
        assertEquals("[here]", possible(plain().nodePort(30080).externalLocal(), BRIDGE, false));
        assertEquals("[here]", possible(plain().nodePort(30080), PODS, false));
    }
}
