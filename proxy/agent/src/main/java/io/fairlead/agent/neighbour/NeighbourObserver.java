package io.fairlead.agent.neighbour;

/**
 * Is told what each look around found.
 *
 * <p>Called on the thread of the watch.
 */
@FunctionalInterface
public interface NeighbourObserver {
    void looked(NeighbourReport report);
}
