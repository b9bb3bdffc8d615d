package io.fairlead.cluster.model;

/**
 * The kinds that a source speaks about, in the order in which reports list them.
 *
 * <p>Immutable.
 */
public enum ClusterKind {
    SERVICE("Service"),
    ENDPOINT_SLICE("EndpointSlice"),
    NODE("Node"),
    SERVICE_CIDR("ServiceCIDR"),

    /** No object: a manifest file, or a part of one, in which no object could be recognised. It is only set aside. */
    MANIFEST("Manifest");

    private final String label;

    ClusterKind(String label) {
        this.label = label;
    }

    /** The kind as Kubernetes spells it. */
    public String label() {
        return label;
    }

    @Override
    public String toString() {
        return label;
    }
}
