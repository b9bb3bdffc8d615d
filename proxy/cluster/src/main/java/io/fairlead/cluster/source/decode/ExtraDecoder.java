package io.fairlead.cluster.source.decode;

import io.fairlead.cluster.model.ExtraObject;
import io.fairlead.cluster.model.ObjectName;
import java.util.Optional;

/**
 * Slims objects of a kind that another module declares.
 *
 * <p>Thread-safe: each kind is decoded on a thread of its own.
 */
@FunctionalInterface
public interface ExtraDecoder<T extends ExtraObject> {

    /**
     * Decodes an object whose name was read already; empty if it is none of the module's, so that it counts as deleted.
     *
     * @throws InvalidInput if the object cannot be honoured
     */
    Optional<T> decode(ObjectName name, Field object);
}
