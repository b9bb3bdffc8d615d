package io.fairlead.cluster.model;

/**
 * {@code spec.type} of a Service.
 *
 * <p>Immutable.
 */
public enum ServiceType {
    CLUSTER_IP,
    NODE_PORT,
    LOAD_BALANCER,
    EXTERNAL_NAME
}
