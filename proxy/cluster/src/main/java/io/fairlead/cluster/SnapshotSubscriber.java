package io.fairlead.cluster;

/**
 * Who wants to know the state of the cluster.
 *
 * <p>Confined to the store's thread: calls come one after another.
 */
@FunctionalInterface
public interface SnapshotSubscriber {

    /**
     * The cluster looks like {@code snapshot}, and {@code delta} says what differs from the snapshot of the call
     * before. The first call compares with {@link ClusterSnapshot#EMPTY} and comes only when every source is in sync,
     * then also for an empty cluster. Must return soon, because the store waits for it.
     */
    void onSnapshot(ClusterDelta delta, ClusterSnapshot snapshot);
}
