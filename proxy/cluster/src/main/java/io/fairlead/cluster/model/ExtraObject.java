package io.fairlead.cluster.model;

/**
 * An object of a kind that one module declares for itself ({@link ExtraKind}), slimmed to what it needs. It is in the same
 * snapshots as all others, so that it and what it names are of one moment.
 *
 * <p>Immutable, and equal to another that says the same.
 */
public non-sealed interface ExtraObject extends ClusterObject {}
