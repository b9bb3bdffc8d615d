package io.fairlead.agent.plan;

import io.fairlead.cluster.model.Endpoint;
import io.fairlead.cluster.model.EndpointPort;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.model.ServicePort;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Chooses endpoints of a Service port.
 *
 * <p>The contract:
 *
 * <ol>
 *   <li>A slice port counts when name and protocol match. An endpoint is its first address and that port; copies
 *       collapse to one, a local or more usable copy wins.
 *   <li>A list holds the ready endpoints; only if there is none, those that serve while they terminate. That is decided
 *       for each list on its own.
 *   <li>Hints narrow the cluster list only. Node hints first: every ready endpoint has some and one names this node.
 *       Else zone hints by the same rule. Else all ready endpoints.
 * </ol>
 *
 * <p>Thread-safe: a pure function.
 */
final class EndpointSelector {

    private EndpointSelector() {}

    private record Candidate(Endpoint endpoint, int port, boolean local) implements Comparable<Candidate> {

        @Override
        public int compareTo(Candidate other) {
            int order = endpoint.address().compareTo(other.endpoint.address());
            order = order != 0 ? order : Integer.compare(port, other.port);
            order = order != 0 ? order : Integer.compare(other.preference(), preference());
            // Copies that are equally usable may differ in their hints; one wins, whatever the order of slices.
            order = order != 0 ? order : hints().compareTo(other.hints());
            return order != 0 ? order : where().compareTo(other.where());
        }

        /** Of two copies the one with the higher preference is kept. */
        private int preference() {
            return (local ? 4 : 0) + (endpoint.ready() ? 2 : 0) + (drains() ? 1 : 0);
        }

        private String hints() {
            return endpoint.nodeHints() + " " + endpoint.zoneHints();
        }

        boolean sameEndpoint(Candidate other) {
            return port == other.port && endpoint.address().equals(other.endpoint.address());
        }

        boolean drains() {
            return endpoint.serving() && endpoint.terminating();
        }

        Backend toBackend() {
            return new Backend(endpoint.address(), port, where());
        }

        private Backend.Where where() {
            if (local) {
                return Backend.Where.THIS_NODE;
            }
            return endpoint.nodeName().isEmpty() ? Backend.Where.UNKNOWN : Backend.Where.ANOTHER_NODE;
        }
    }

    /** What a list is made of. */
    private enum Choice {
        READY,
        DRAINING,
        NODE_HINT,
        ZONE_HINT
    }

    static SelectedEndpoints select(ServicePortName port, IpFamily family, List<EndpointSlice> slices, NodeFacts node) {
        Candidate[] candidates = candidates(port, family, slices, node);
        boolean ready = false;
        boolean localReady = false;
        for (Candidate candidate : candidates) {
            ready |= candidate.endpoint.ready();
            localReady |= candidate.local && candidate.endpoint.ready();
        }
        Choice clusterChoice = !ready ? Choice.DRAINING : hint(candidates, node);
        List<Backend> cluster = choose(candidates, clusterChoice, false, node);
        List<Backend> local = choose(candidates, localReady ? Choice.READY : Choice.DRAINING, true, node);
        return new SelectedEndpoints(cluster, local, selection(clusterChoice, cluster));
    }

    /** How many addresses on this node some port of the Service has a ready endpoint at. */
    static int localReady(Service service, IpFamily family, List<EndpointSlice> slices, NodeFacts node) {
        Set<IpAddress> addresses = new HashSet<>();
        for (ServicePort port : service.ports()) {
            ServicePortName name = new ServicePortName(service.name(), port.name(), port.protocol());
            for (Candidate candidate : candidates(name, family, slices, node)) {
                if (candidate.local && candidate.endpoint.ready()) {
                    addresses.add(candidate.endpoint.address());
                }
            }
        }
        return addresses.size();
    }

    private static Selection selection(Choice choice, List<Backend> cluster) {
        if (cluster.isEmpty()) {
            return Selection.NONE;
        }
        return switch (choice) {
            case READY -> Selection.READY;
            case DRAINING -> Selection.TERMINATING;
            case NODE_HINT -> Selection.SAME_NODE;
            case ZONE_HINT -> Selection.SAME_ZONE;
        };
    }

    /** Sorted, without copies. */
    private static Candidate[] candidates(
            ServicePortName port, IpFamily family, List<EndpointSlice> slices, NodeFacts node) {
        List<Candidate> found = new ArrayList<>();
        for (EndpointSlice slice : slices) {
            if (slice.family() == family) {
                collect(port, slice, node, found);
            }
        }
        Candidate[] sorted = found.toArray(new Candidate[0]);
        Arrays.sort(sorted);
        int kept = 0;
        for (Candidate candidate : sorted) {
            if (kept == 0 || !candidate.sameEndpoint(sorted[kept - 1])) {
                sorted[kept++] = candidate;
            }
        }
        return kept == sorted.length ? sorted : Arrays.copyOf(sorted, kept);
    }

    private static void collect(ServicePortName port, EndpointSlice slice, NodeFacts node, List<Candidate> found) {
        for (EndpointPort candidate : slice.ports()) {
            if (candidate.protocol() == port.protocol() && candidate.name().equals(port.port())) {
                for (Endpoint endpoint : slice.endpoints()) {
                    boolean local =
                            !node.name().isEmpty() && endpoint.nodeName().equals(node.name());
                    found.add(new Candidate(endpoint, candidate.port(), local));
                }
            }
        }
    }

    private static Choice hint(Candidate[] candidates, NodeFacts node) {
        boolean everyNode = true;
        boolean everyZone = true;
        boolean thisNode = false;
        boolean thisZone = false;
        for (Candidate candidate : candidates) {
            Endpoint endpoint = candidate.endpoint;
            if (endpoint.ready()) {
                everyNode &= !endpoint.nodeHints().isEmpty();
                everyZone &= !endpoint.zoneHints().isEmpty();
                thisNode |= endpoint.nodeHints().contains(node.name());
                thisZone |= endpoint.zoneHints().contains(node.zone());
            }
        }
        if (everyNode && thisNode && !node.name().isEmpty()) {
            return Choice.NODE_HINT;
        }
        return everyZone && thisZone && !node.zone().isEmpty() ? Choice.ZONE_HINT : Choice.READY;
    }

    private static List<Backend> choose(Candidate[] candidates, Choice choice, boolean localOnly, NodeFacts node) {
        List<Backend> chosen = new ArrayList<>(localOnly ? 4 : candidates.length);
        for (Candidate candidate : candidates) {
            Endpoint endpoint = candidate.endpoint;
            boolean fits = switch (choice) {
                case READY -> endpoint.ready();
                case DRAINING -> candidate.drains();
                case NODE_HINT -> endpoint.ready() && endpoint.nodeHints().contains(node.name());
                case ZONE_HINT -> endpoint.ready() && endpoint.zoneHints().contains(node.zone());
            };
            if (fits && (!localOnly || candidate.local)) {
                chosen.add(candidate.toBackend());
            }
        }
        return List.copyOf(chosen);
    }
}
