package io.fairlead.lab.hollow;

/**
 * A kind of object, and where the API has it.
 *
 * <p>Immutable.
 */
public enum HollowKind {
    NAMESPACE("v1", "Namespace", "/api/v1", "namespaces", false),
    NODE("v1", "Node", "/api/v1", "nodes", false),
    SERVICE_CIDR("networking.k8s.io/v1", "ServiceCIDR", "/apis/networking.k8s.io/v1", "servicecidrs", false),
    SERVICE("v1", "Service", "/api/v1", "services", true),
    ENDPOINT_SLICE("discovery.k8s.io/v1", "EndpointSlice", "/apis/discovery.k8s.io/v1", "endpointslices", true),
    INGRESS_CLASS("networking.k8s.io/v1", "IngressClass", "/apis/networking.k8s.io/v1", "ingressclasses", false),
    INGRESS("networking.k8s.io/v1", "Ingress", "/apis/networking.k8s.io/v1", "ingresses", true);

    private final String apiVersion;
    private final String kind;
    private final String group;
    private final String plural;
    private final boolean namespaced;

    HollowKind(String apiVersion, String kind, String group, String plural, boolean namespaced) {
        this.apiVersion = apiVersion;
        this.kind = kind;
        this.group = group;
        this.plural = plural;
        this.namespaced = namespaced;
    }

    String apiVersion() {
        return apiVersion;
    }

    String kind() {
        return kind;
    }

    /** Where all objects of the kind are. */
    String path() {
        return group + "/" + plural;
    }

    /** Where objects of the kind in a namespace are. */
    String path(String namespace) {
        return namespaced ? group + "/namespaces/" + namespace + "/" + plural : path();
    }
}
