package io.fairlead.cluster.write;

import io.fairlead.cluster.source.decode.Field;
import java.util.Map;
import java.util.Optional;

/**
 * One object that several processes write: each says which version it has read, and is refused if there is another one by
 * then.
 *
 * <p>Thread-safe, for one thread at a time.
 */
public interface VersionedObject {

    /** The version of an object that does not exist. */
    String NONE = "";

    /**
     * What is there.
     *
     * <p>Immutable.
     *
     * @param object all of it
     * @param version another one after each change
     */
    record Found(Field object, String version) {}

    /**
     * Nothing if it does not exist.
     *
     * @throws WriteRefused if it cannot be known
     */
    Optional<Found> read() throws InterruptedException;

    /**
     * Sets fields, if it is still at this version.
     *
     * @param fields beside {@code metadata}; other fields of an object that exists stay as they are
     * @param version {@link #NONE} to create it
     * @return whether it was; if not, somebody else was faster
     * @throws WriteRefused if it is not known whether it was, or nobody may
     */
    boolean write(Map<String, Object> fields, String version) throws InterruptedException;
}
