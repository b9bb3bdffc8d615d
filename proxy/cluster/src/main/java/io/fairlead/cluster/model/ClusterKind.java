package io.fairlead.cluster.model;

import java.util.Comparator;

/**
 * A kind of objects that a source speaks about. Those here are everybody's; a module may declare others for itself
 * ({@link ExtraKind}). Two kinds are the same only if they are one object.
 *
 * <p>Immutable.
 */
public final class ClusterKind implements Comparable<ClusterKind> {

    public static final ClusterKind SERVICE = new ClusterKind(0, "Service", "v1", "services", true);
    public static final ClusterKind ENDPOINT_SLICE =
            new ClusterKind(1, "EndpointSlice", "discovery.k8s.io/v1", "endpointslices", true);
    public static final ClusterKind NODE = new ClusterKind(2, "Node", "v1", "nodes", false);
    public static final ClusterKind SERVICE_CIDR =
            new ClusterKind(3, "ServiceCIDR", "networking.k8s.io/v1", "servicecidrs", false);

    /** No object: a manifest file, or a part of one, in which no object could be recognised. It is only set aside. */
    public static final ClusterKind MANIFEST = new ClusterKind(4, "Manifest", "", "", false);

    private static final int RANK_OF_OTHERS = 5;

    private static final Comparator<ClusterKind> ORDER = Comparator.comparingInt((ClusterKind kind) -> kind.rank)
            .thenComparing(ClusterKind::label)
            .thenComparing(ClusterKind::apiVersion);

    private final int rank;
    private final String label;
    private final String apiVersion;
    private final String plural;
    private final boolean namespaced;

    private ClusterKind(int rank, String label, String apiVersion, String plural, boolean namespaced) {
        this.rank = rank;
        this.label = label;
        this.apiVersion = apiVersion;
        this.plural = plural;
        this.namespaced = namespaced;
    }

    /**
     * Declares another kind, once, for a constant.
     *
     * @param label the kind as Kubernetes spells it
     * @param apiVersion group and version, as objects have it
     * @param plural as in paths of the API
     * @param namespaced whether its objects are in namespaces
     */
    public static ClusterKind other(String label, String apiVersion, String plural, boolean namespaced) {
        return new ClusterKind(RANK_OF_OTHERS, label, apiVersion, plural, namespaced);
    }

    /** Group and version in the Kubernetes API, as objects have it; empty for what is no object. */
    public String apiVersion() {
        return apiVersion;
    }

    /** Whether its objects are in namespaces. */
    public boolean isNamespaced() {
        return namespaced;
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

    /** The order in which reports list them. */
    @Override
    public int compareTo(ClusterKind other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return label;
    }
}
