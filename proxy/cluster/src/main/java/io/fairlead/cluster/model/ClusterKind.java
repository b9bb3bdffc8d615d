package io.fairlead.cluster.model;

/**
 * The kinds that a source speaks about, in the order in which reports list them.
 *
 * <p>Immutable.
 */
public enum ClusterKind {
    SERVICE("Service", "v1", "services"),
    ENDPOINT_SLICE("EndpointSlice", "discovery.k8s.io/v1", "endpointslices"),
    NODE("Node", "v1", "nodes"),
    SERVICE_CIDR("ServiceCIDR", "networking.k8s.io/v1", "servicecidrs"),

    /** No object: a manifest file, or a part of one, in which no object could be recognised. It is only set aside. */
    MANIFEST("Manifest", "", "");

    private final String label;
    private final String apiVersion;
    private final String plural;

    ClusterKind(String label, String apiVersion, String plural) {
        this.label = label;
        this.apiVersion = apiVersion;
        this.plural = plural;
    }

    /** Group and version in the Kubernetes API, as objects have it; empty for what is no object. */
    public String apiVersion() {
        return apiVersion;
    }

    /**
     * Path of the objects of this kind in the Kubernetes API.
     *
     * @param namespace empty for those of all namespaces, and for cluster-scoped ones
     */
    public String path(String namespace) {
        String version = (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion;
        return version + (namespace.isEmpty() ? "" : "/namespaces/" + namespace) + "/" + plural;
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
