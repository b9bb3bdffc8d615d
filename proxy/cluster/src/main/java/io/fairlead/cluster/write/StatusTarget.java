package io.fairlead.cluster.write;

import io.fairlead.cluster.model.ObjectKey;
import java.util.List;
import java.util.Map;

/**
 * Where the status of objects goes. Nothing happens to an object that is gone.
 *
 * <p>Thread-safe.
 */
public interface StatusTarget {

    /**
     * Replaces fields of its status, and leaves the others.
     *
     * @throws WriteRefused if it was not written
     */
    void replace(ObjectKey object, Map<String, Object> status) throws InterruptedException;

    /**
     * Removes a field of its status, if it is exactly this.
     *
     * @param path the names that lead from the status to the field
     * @throws WriteRefused if it is not known whether it was removed
     */
    void remove(ObjectKey object, List<String> path, Object expected) throws InterruptedException;
}
