package io.fairlead.cluster;

/**
 * Where a source puts its changes. The changes of one caller take effect in the order in which it offered them.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
public interface ClusterSink {

    /**
     * Takes a change; waits while the store has too many that it has not seen to. A change that is offered by an
     * interrupted thread, or to a closed store, is dropped, and the interrupt stays set.
     */
    void offer(ClusterChange change);
}
