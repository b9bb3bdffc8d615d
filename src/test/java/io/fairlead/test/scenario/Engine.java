package io.fairlead.test.scenario;

import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.IpAddress;
import java.time.Duration;
import java.util.List;

/**
 * Where a scenario happens: an agent, its kernel, and clients.
 *
 * <p>Confined to one thread.
 */
public interface Engine extends AutoCloseable {

    /** Brings the kernel up to the snapshot. */
    void sync(ClusterDelta delta, ClusterSnapshot snapshot);

    /** Ends the agent; another one starts from the snapshot. */
    void restart(ClusterSnapshot snapshot);

    /** What serves there. */
    PlaneKind plane();

    Agent agent();

    void failOnce();

    void advance(Duration time);

    void addAddress(IpAddress address);

    void removeAddress(IpAddress address);

    /** Fails if a flow goes elsewhere than its row says, or than the plan says. */
    void expectFlows(List<FlowRow> rows);

    /** Fails if the kernel holds anything that belongs to a Service. */
    void expectClean();

    @Override
    void close();
}
