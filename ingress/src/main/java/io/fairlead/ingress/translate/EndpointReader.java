package io.fairlead.ingress.translate;

import io.fairlead.cluster.model.Endpoint;
import io.fairlead.cluster.model.EndpointPort;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.model.ServicePort;
import io.fairlead.cluster.model.ServiceType;
import io.fairlead.cluster.source.decode.Quoted;
import io.fairlead.ingress.destination.Destination;
import io.fairlead.ingress.destination.DestinationPolicy;
import io.fairlead.ingress.destination.DestinationVerdict;
import io.fairlead.ingress.destination.Destinations;
import io.fairlead.ingress.route.BackendGroup;
import io.fairlead.ingress.route.RouteAction.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds out where the requests of a group go: to its ready endpoints, and while it has none, to those that end but still
 * serve (KEP-1669).
 *
 * <p>Immutable.
 */
record EndpointReader(IngressSettings.Endpoints settings, DestinationPolicy policy) {

    /** More are counted and not named. */
    private static final int NAMED_MAX = 3;

    /**
     * What a group turned out to be.
     *
     * <p>Immutable.
     *
     * @param refused what the policy refuses, in a sentence; empty if it refuses nothing
     */
    record Reading(Destinations destinations, String refused) {}

    /**
     * An endpoint that may be used.
     *
     * <p>Immutable.
     */
    private record Candidate(Destination destination, List<String> zones) {}

    Reading read(BackendGroup group, @Nullable Service service, List<EndpointSlice> slices) {
        if (service == null) {
            return nowhere(Reason.NO_SERVICE, "Service " + group.service() + " does not exist");
        }
        if (service.type() == ServiceType.EXTERNAL_NAME) {
            return external(group, service.proxyFacts().externalName());
        }
        List<String> refused = new ArrayList<>();
        for (boolean ready : new boolean[] {true, false}) {
            for (IpFamily family : settings.families()) {
                List<Candidate> usable = usable(group, service, slices, family, ready, refused);
                if (!usable.isEmpty()) {
                    return new Reading(new Destinations.Addresses(destinations(usable)), sentence(refused));
                }
            }
        }
        return refused.isEmpty()
                ? nowhere(Reason.NO_ENDPOINTS, "Service " + group.service() + " has no endpoint that is ready")
                : refused(Reason.REFUSED_DESTINATION, sentence(refused));
    }

    private static Reading nowhere(Reason reason, String detail) {
        return new Reading(new Destinations.None(reason, detail), "");
    }

    private static Reading refused(Reason reason, String detail) {
        return new Reading(new Destinations.None(reason, detail), detail);
    }

    private Reading external(BackendGroup group, String written) {
        if (!settings.externalNames()) {
            return refused(Reason.REFUSED_DESTINATION, "ExternalName Services are not used: the operator has them off");
        }
        String name = HostNames.normal(written);
        if (name.isEmpty() || name.endsWith(".localhost")) {
            return refused(
                    Reason.REFUSED_DESTINATION,
                    "externalName " + Quoted.of(written) + " is not a fully qualified name of DNS");
        }
        return new Reading(new Destinations.HostName(name, group.port()), "");
    }

    private List<Candidate> usable(
            BackendGroup group,
            Service service,
            List<EndpointSlice> slices,
            IpFamily family,
            boolean ready,
            List<String> refused) {
        List<Candidate> usable = new ArrayList<>();
        for (EndpointSlice slice : slices) {
            int port = slice.family() == family ? targetPort(group, service, slice) : 0;
            if (port == 0) {
                continue;
            }
            for (Endpoint endpoint : slice.endpoints()) {
                boolean fits = ready ? endpoint.ready() : endpoint.serving() && endpoint.terminating();
                if (!fits) {
                    continue;
                }
                Destination destination = new Destination(endpoint.address(), port);
                DestinationVerdict verdict = policy.verdict(destination, endpoint.pod());
                if (verdict == DestinationVerdict.ALLOWED) {
                    usable.add(new Candidate(destination, endpoint.zoneHints()));
                } else {
                    refused.add(destination + ": " + verdict.reason());
                }
            }
        }
        return usable;
    }

    /** Slices know a Service's port by its name. Of a Service without ports each endpoint has every port. */
    private static int targetPort(BackendGroup group, Service service, EndpointSlice slice) {
        ServicePort port = ServicePorts.numbered(service, group.port());
        if (port == null) {
            return service.ports().isEmpty() ? group.port() : 0;
        }
        for (EndpointPort each : slice.ports()) {
            if (each.protocol() == Protocol.TCP && each.name().equals(port.name())) {
                return each.port();
            }
        }
        return 0;
    }

    /** Hints count only if all endpoints have some, and one is for our zone (kube-proxy: topology.go). */
    private List<Destination> destinations(List<Candidate> usable) {
        TreeSet<Destination> all = new TreeSet<>();
        TreeSet<Destination> near = new TreeSet<>();
        boolean hinted = !settings.zone().isEmpty();
        for (Candidate candidate : usable) {
            all.add(candidate.destination);
            hinted &= !candidate.zones.isEmpty();
            if (candidate.zones.contains(settings.zone())) {
                near.add(candidate.destination);
            }
        }
        return List.copyOf(hinted && !near.isEmpty() ? near : all);
    }

    private static String sentence(List<String> refused) {
        if (refused.isEmpty()) {
            return "";
        }
        List<String> distinct = List.copyOf(new TreeSet<>(refused));
        String more = distinct.size() > NAMED_MAX ? "; and " + (distinct.size() - NAMED_MAX) + " more" : "";
        return "endpoints that are not used: "
                + String.join("; ", distinct.subList(0, Math.min(distinct.size(), NAMED_MAX))) + more;
    }
}
