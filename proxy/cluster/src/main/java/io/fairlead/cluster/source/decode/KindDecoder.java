package io.fairlead.cluster.source.decode;

import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.ObjectName;
import java.util.Optional;

/**
 * Slims objects of one kind to our record.
 *
 * <p>Confined to the thread of its source.
 */
interface KindDecoder {

    /** Ports of a Service or slice: the limit that the API server sets for slices. */
    int PORTS_MAX = 20_000;

    /**
     * Decodes an object whose name was read already; empty if there is nothing to route for it, so that it counts as
     * deleted.
     *
     * @throws InvalidInput if the object cannot be honoured
     */
    Optional<ClusterObject> decode(ObjectName name, Field object);
}
