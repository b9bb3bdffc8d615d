package io.fairlead.ingress.route;

import io.fairlead.cluster.model.ObjectName;

/**
 * Where a route is written, for Events, metrics and explanations.
 *
 * <p>Immutable.
 *
 * @param kind of the object: {@code Ingress}; empty for a route of the proxy's own
 * @param rule its place among the object's rules, from 0; {@link #NONE} for a default backend
 * @param path its place among the rule's paths (or matches), from 0; {@link #NONE} if the rule has none
 */
public record RouteSource(String kind, ObjectName object, int rule, int path) {

    public static final int NONE = -1;

    /** {@code Ingress shop/web, rule 0, path 2}, with what there is of it. */
    @Override
    public String toString() {
        if (kind.isEmpty()) {
            return "built in";
        }
        return kind + " " + object + (rule == NONE ? "" : ", rule " + rule) + (path == NONE ? "" : ", path " + path);
    }
}
