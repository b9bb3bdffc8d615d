package io.fairlead.ingress.translate;

import io.fairlead.cluster.model.ObjectName;

/**
 * The order in which Ingresses come where only one can have its way: the oldest first, then by namespace and name.
 *
 * <p>Immutable.
 *
 * @param created in seconds since 1970
 */
record Precedence(long created, ObjectName name) implements Comparable<Precedence> {

    @Override
    public int compareTo(Precedence other) {
        int order = Long.compare(created, other.created);
        return order != 0 ? order : name.compareTo(other.name);
    }
}
