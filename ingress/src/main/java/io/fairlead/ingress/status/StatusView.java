package io.fairlead.ingress.status;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.resource.Ingress;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the status of Ingresses follows from, at one moment.
 *
 * <p>Immutable; the collections are persistent ones.
 *
 * @param ingresses all of them
 * @param ours the names of those that are served
 * @param addresses under which they are reached, in order
 */
record StatusView(Map<ObjectName, Ingress> ingresses, Set<ObjectName> ours, List<String> addresses) {

    static final StatusView EMPTY = new StatusView(Map.of(), Set.of(), List.of());

    /** The same, but that nothing is served any more. */
    StatusView ended() {
        return new StatusView(ingresses, Set.of(), addresses);
    }
}
