package io.fairlead.cluster.write;

/**
 * Where Events go.
 *
 * <p>Confined to the event writer's thread.
 */
public interface EventTarget extends AutoCloseable {

    /**
     * Writes it, unless it is there already or the object is gone.
     *
     * @throws EventRefused if it could not be written
     */
    void write(ClusterEvent event) throws InterruptedException;

    @Override
    void close();

    /** For programs that say nothing to the cluster. */
    static EventTarget none() {
        return new EventTarget() {
            @Override
            public void write(ClusterEvent event) {}

            @Override
            public void close() {}
        };
    }
}
