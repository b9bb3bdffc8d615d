package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.NodePortAddresses;
import io.fairlead.cluster.model.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * The rehearsal does what a first sync does, and only while it is wanted.
 *
 * <p>Confined to the test thread.
 */
class RehearsalTest {

    private static final AgentPolicy POLICY = new AgentPolicy(
            "node-0",
            new AgentPolicy.PodDetection.ClusterCidr(List.of(IpPrefix.parse("10.0.0.0/8"))),
            false,
            14,
            true,
            NodePortAddresses.DEFAULT);

    @Test
    void everyServiceIsPlannedAndRendered() {
        SyncEngine.Step step = new Rehearsal(POLICY, () -> true).rehearse().orElseThrow();
        assertEquals(Rehearsal.SERVICES, step.change().services().size());
        assertFalse(step.result().dirty());
        assertTrue(
                step.result().elements() > 5 * Rehearsal.SERVICES, step.result().elements() + " elements");
    }

    @Test
    void sourceThatIsDoneEndsIt() {
        AtomicInteger asked = new AtomicInteger();
        assertEquals(Optional.empty(), new Rehearsal(POLICY, () -> asked.incrementAndGet() < 3).rehearse());
        assertEquals(4, asked.get());
    }
}
