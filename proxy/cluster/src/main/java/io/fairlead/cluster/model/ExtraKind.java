package io.fairlead.cluster.model;

/**
 * A kind that one module declares for itself: the kind, and the type of its records.
 *
 * <p>Immutable; two are the same only if they are one object, so each is a constant.
 *
 * @param <T> its records
 */
public final class ExtraKind<T extends ExtraObject> {

    private final ClusterKind kind;
    private final Class<T> type;

    private ExtraKind(ClusterKind kind, Class<T> type) {
        this.kind = kind;
        this.type = type;
    }

    /**
     * Declares a kind of objects that are in namespaces.
     *
     * @param label the kind as Kubernetes spells it
     * @param apiVersion group and version, as objects have it
     * @param plural as in paths of the API
     */
    public static <T extends ExtraObject> ExtraKind<T> namespaced(
            String label, String apiVersion, String plural, Class<T> type) {
        return new ExtraKind<>(ClusterKind.other(label, apiVersion, plural, true), type);
    }

    /** The same for objects of the whole cluster. */
    public static <T extends ExtraObject> ExtraKind<T> clusterScoped(
            String label, String apiVersion, String plural, Class<T> type) {
        return new ExtraKind<>(ClusterKind.other(label, apiVersion, plural, false), type);
    }

    public ClusterKind kind() {
        return kind;
    }

    public Class<T> type() {
        return type;
    }

    @Override
    public String toString() {
        return kind.toString();
    }
}
