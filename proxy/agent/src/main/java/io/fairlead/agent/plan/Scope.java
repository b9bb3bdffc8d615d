package io.fairlead.agent.plan;

/**
 * Which list of backends a flow may use.
 *
 * <p>Immutable.
 */
public enum Scope {
    /** All usable endpoints of the cluster, after topology hints. */
    CLUSTER,
    /** The usable endpoints on this node. */
    LOCAL
}
