package io.fairlead.cluster.write;

/**
 * Where Events go.
 *
 * <p>Confined to the event writer's thread.
 */
@FunctionalInterface
public interface EventTarget {

    /**
     * Writes it, unless it is there already or the object is gone.
     *
     * @throws WriteRefused if it could not be written
     */
    void write(ClusterEvent event) throws InterruptedException;
}
