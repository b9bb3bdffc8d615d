package io.fairlead.bench.process;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.NodePlanDelta;

/**
 * A data plane with a stopwatch around it.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class TimedDataplane implements Dataplane {

    private final Dataplane timed;
    private long nanos;

    TimedDataplane(Dataplane timed) {
        this.timed = timed;
    }

    /** Time spent in all calls so far. */
    long nanos() {
        return nanos;
    }

    @Override
    public void restart() {
        long start = System.nanoTime();
        timed.restart();
        nanos += System.nanoTime() - start;
    }

    @Override
    public SyncResult apply(NodePlanDelta delta) {
        long start = System.nanoTime();
        SyncResult result = timed.apply(delta);
        nanos += System.nanoTime() - start;
        return result;
    }

    @Override
    public void close() {
        timed.close();
    }
}
