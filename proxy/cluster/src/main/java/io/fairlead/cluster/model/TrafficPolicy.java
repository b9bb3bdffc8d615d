package io.fairlead.cluster.model;

/**
 * {@code internalTrafficPolicy} and {@code externalTrafficPolicy} of a Service.
 *
 * <p>Immutable.
 */
public enum TrafficPolicy {
    CLUSTER,
    LOCAL
}
