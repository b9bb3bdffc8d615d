package io.fairlead.cluster.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Namespace and name of a Kubernetes object. Cluster-scoped objects have an empty namespace.
 *
 * <p>Immutable.
 */
public record ObjectName(String namespace, String name) implements Comparable<ObjectName> {

    private static final Pattern NAMESPACED = Pattern.compile("([a-z0-9-]{1,63})/([a-z0-9.-]{1,253})");

    /**
     * Reads {@code namespace/name}.
     *
     * @throws IllegalArgumentException if it is not that
     */
    public static ObjectName parse(String text) {
        Matcher matcher = NAMESPACED.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text + " is not NAMESPACE/NAME");
        }
        return new ObjectName(matcher.group(1), matcher.group(2));
    }

    /** Hot path: maps of the whole cluster are ordered by it, and at a cold start nothing is compiled yet. */
    @Override
    public int compareTo(ObjectName other) {
        int order = namespace.compareTo(other.namespace);
        return order != 0 ? order : name.compareTo(other.name);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof ObjectName that && name.equals(that.name) && namespace.equals(that.namespace);
    }

    /** Both halves hold their hash, which a record's own method would ask for through method handles. */
    @Override
    public int hashCode() {
        return 31 * namespace.hashCode() + name.hashCode();
    }

    /** {@code namespace/name}, or just the name of a cluster-scoped object. */
    @Override
    public String toString() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
