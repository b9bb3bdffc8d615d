package io.fairlead.cluster.model;

/**
 * An object of the cluster, slimmed to what routing needs.
 *
 * <p>Immutable.
 */
public sealed interface ClusterObject permits Service, EndpointSlice, Node, ServiceCidr {

    ClusterKind kind();

    /** Namespace and name; Nodes and ServiceCIDRs have no namespace. */
    ObjectName objectName();

    default ObjectKey key() {
        return new ObjectKey(kind(), objectName());
    }
}
