package io.fairlead.lab.hollow;

/**
 * What happened to one object.
 *
 * <p>Immutable.
 *
 * @param object as it is; as it was if it is gone
 */
public record HollowChange(Verb verb, HollowObject object) {

    /** As events of a watch have it. */
    public enum Verb {
        ADDED,
        MODIFIED,
        DELETED
    }
}
