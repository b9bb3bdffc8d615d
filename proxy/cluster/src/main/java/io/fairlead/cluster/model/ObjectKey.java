package io.fairlead.cluster.model;

import java.util.Comparator;

/**
 * Kind and name: what identifies an object in the cluster.
 *
 * <p>Immutable.
 */
public record ObjectKey(ClusterKind kind, ObjectName name) implements Comparable<ObjectKey> {

    private static final Comparator<ObjectKey> ORDER =
            Comparator.comparing(ObjectKey::kind).thenComparing(ObjectKey::name);

    @Override
    public int compareTo(ObjectKey other) {
        return ORDER.compare(this, other);
    }

    /** As in {@code Service default/web}. */
    @Override
    public String toString() {
        return kind + " " + name;
    }
}
