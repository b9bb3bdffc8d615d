package io.fairlead.ingress.translate;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.route.BackendGroup;
import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.route.Route;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one Ingress asks for, whether it gets it or not. Depends on nothing but the object and the Services that it names.
 *
 * <p>Immutable.
 *
 * @param routes by host, in the object's order, without regard to whether the host has TLS; no routes for a host that
 *     belongs to the default of the table
 * @param certificates by host, what {@code spec.tls} says; empty where it names no Secret
 * @param passthrough by host, whose backend is to answer TLS
 * @param toHttps whether requests without TLS are sent to https if the host has TLS
 * @param alwaysToHttps whether they are even if it has none
 * @param services that it names
 * @param secrets that it names
 */
record IngressPart(
        Precedence precedence,
        Map<HostMatch, List<Route>> routes,
        Map<HostMatch, List<ObjectName>> certificates,
        Map<HostMatch, BackendGroup> passthrough,
        boolean toHttps,
        boolean alwaysToHttps,
        Set<BackendGroup> groups,
        Set<ObjectName> services,
        Set<ObjectName> secrets,
        List<Problem> problems) {

    IngressPart {
        routes = copyOf(routes);
        certificates = copyOf(certificates);
        passthrough = Map.copyOf(passthrough);
        groups = Set.copyOf(groups);
        services = Set.copyOf(services);
        secrets = Set.copyOf(secrets);
        problems = List.copyOf(problems);
    }

    private static <T> Map<HostMatch, List<T>> copyOf(Map<HostMatch, List<T>> lists) {
        Map<HostMatch, List<T>> copies = new HashMap<>();
        lists.forEach((host, list) -> copies.put(host, List.copyOf(list)));
        return Map.copyOf(copies);
    }

    /** All hosts that it speaks of. */
    Set<HostMatch> hosts() {
        Set<HostMatch> hosts = new HashSet<>(routes.keySet());
        hosts.addAll(certificates.keySet());
        return hosts;
    }

    ObjectName name() {
        return precedence.name();
    }
}
