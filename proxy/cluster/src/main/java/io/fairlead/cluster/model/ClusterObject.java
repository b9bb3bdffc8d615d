package io.fairlead.cluster.model;

/**
 * An object of the cluster, slimmed to what routing needs.
 *
 * <p>Immutable.
 */
public sealed interface ClusterObject permits Service, EndpointSlice, Node, ServiceCidr, ExtraObject {

    ClusterKind kind();

    /** Namespace and name; objects of the whole cluster have no namespace. */
    ObjectName objectName();

    default ObjectKey key() {
        return new ObjectKey(kind(), objectName());
    }
}
