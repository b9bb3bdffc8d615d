package io.fairlead.ingress.translate;

import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.destination.Destinations;
import io.fairlead.ingress.route.BackendGroup;
import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.route.RouteTable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the cluster's objects mean for the proxy. Two translations share what did not change between them.
 *
 * <p>Immutable; the collections are persistent ones.
 *
 * @param backends where the requests of each group that a route names go
 * @param tls by host as it stands in rules; {@link HostMatch#ANY} for names that no other one is for. A host without an
 *     entry has the default certificate, and so has a client that names none
 * @param served the Ingresses that are ours
 * @param problems what is wrong, by object, each thing once and in a stable order; no object without any
 * @param secrets those that are referred to: certificates, and authorities of backends
 */
public record Translation(
        RouteTable routes,
        Map<BackendGroup, Destinations> backends,
        Map<HostMatch, HostTls> tls,
        Set<ObjectName> served,
        SortedMap<ObjectKey, List<Problem>> problems,
        Set<ObjectName> secrets) {

    public static final Translation EMPTY =
            new Translation(RouteTable.EMPTY, Map.of(), Map.of(), Set.of(), new TreeMap<>(), Set.of());
}
