package io.fairlead.cluster.model;

import java.util.Comparator;

/**
 * Namespace and name of a Kubernetes object. Cluster-scoped objects have an empty namespace.
 *
 * <p>Immutable.
 */
public record ObjectName(String namespace, String name) implements Comparable<ObjectName> {

    private static final Comparator<ObjectName> ORDER =
            Comparator.comparing(ObjectName::namespace).thenComparing(ObjectName::name);

    @Override
    public int compareTo(ObjectName other) {
        return ORDER.compare(this, other);
    }

    /** {@code namespace/name}, or just the name of a cluster-scoped object. */
    @Override
    public String toString() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
