package io.fairlead.test.scenario;

import io.fairlead.agent.SyncEngine;
import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.Flow;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.agent.plan.PlanWalk;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.KernelException;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Supplier;

/**
 * The agent under test: the real engine and data plane, stepped by hand as the proxy loop would step them.
 *
 * <p>Confined to one thread.
 */
public final class Agent implements AutoCloseable {

    /** With one call in ten refused, so many refused runs in a row mean that it does not converge. */
    private static final int ATTEMPTS_MAX = 200;

    private final Dataplane dataplane;
    private final SyncEngine engine;

    public Agent(Dataplane dataplane, AgentPolicy policy) {
        this.dataplane = dataplane;
        this.engine = new SyncEngine(dataplane, new NodeResolver(policy));
    }

    /**
     * Applies, and tries again as often as it takes.
     *
     * @return transactions that were sent
     */
    public int sync(ClusterDelta delta, ClusterSnapshot snapshot, Set<IpAddress> addresses) {
        return converge(() -> engine.apply(delta, snapshot, addresses), snapshot, addresses);
    }

    /** Compares everything with the kernel, as after a notice that others changed it. */
    void repair(ClusterSnapshot snapshot, Set<IpAddress> addresses) {
        converge(() -> engine.applyEverything(ClusterDelta.EMPTY, snapshot, addresses), snapshot, addresses);
    }

    private int converge(Supplier<SyncEngine.Step> first, ClusterSnapshot snapshot, Set<IpAddress> addresses) {
        String failure = "";
        int transactions = 0;
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            try {
                SyncEngine.Step step =
                        attempt == 0 ? first.get() : engine.applyEverything(ClusterDelta.EMPTY, snapshot, addresses);
                transactions += step.result().transactions();
                if (!step.result().dirty()) {
                    return transactions;
                }
                failure = step.result().failures().toString();
            } catch (KernelException e) {
                failure = e.toString();
            }
        }
        throw new AssertionError("does not converge: " + failure);
    }

    public SyncEngine engine() {
        return engine;
    }

    /** What the plan says about a flow. */
    public SortedSet<String> explain(Flow flow) {
        return PlanAnswer.outcomes(new PlanWalk(engine.planner(), engine::ofThisNode), engine::ofThisNode, flow);
    }

    /** Whether a flow reaches a Service with ClientIP affinity. */
    public boolean hasAffinity(Flow flow) {
        return new PlanWalk(engine.planner(), engine::ofThisNode)
                .explain(flow).frontend().stream()
                        .flatMap(frontend -> engine
                                .planner()
                                .effectivePlan(frontend.port().service())
                                .ports()
                                .stream()
                                .filter(port -> port.name().equals(frontend.port())))
                        .anyMatch(port -> port.affinitySeconds() > 0);
    }

    /** Ends; what is in the kernel stays. */
    @Override
    public void close() {
        dataplane.close();
    }
}
