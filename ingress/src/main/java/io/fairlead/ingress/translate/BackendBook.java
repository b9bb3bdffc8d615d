package io.fairlead.ingress.translate;

import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.destination.Destinations;
import io.fairlead.ingress.route.BackendGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Where the requests of each group go that somebody names.
 *
 * <p>Confined to the translator's thread.
 */
final class BackendBook {

    private PMap<BackendGroup, Destinations> backends = HashTreePMap.empty();

    /** Of each Service, by port: the groups that somebody names, with what is refused of them. */
    private final Map<ObjectName, SortedMap<Integer, String>> services = new HashMap<>();

    PMap<BackendGroup, Destinations> backends() {
        return backends;
    }

    /** The groups of a Service that are held. */
    List<BackendGroup> of(ObjectName service) {
        return services.getOrDefault(service, Collections.emptySortedMap()).keySet().stream()
                .map(port -> new BackendGroup(service, port))
                .toList();
    }

    Set<BackendGroup> all() {
        return backends.keySet();
    }

    /** Whether the group goes elsewhere than before. */
    boolean remove(BackendGroup group) {
        services.computeIfPresent(group.service(), (_, ports) -> {
            ports.remove(group.port());
            return ports.isEmpty() ? null : ports;
        });
        boolean held = backends.containsKey(group);
        backends = backends.minus(group);
        return held;
    }

    /** Whether the group goes elsewhere than before. */
    boolean read(BackendGroup group, EndpointReader reader, ClusterSnapshot snapshot) {
        ObjectName service = group.service();
        EndpointReader.Reading reading =
                reader.read(group, snapshot.services().get(service), snapshot.slicesOf(service));
        services.computeIfAbsent(service, _ -> new TreeMap<>()).put(group.port(), reading.refused());
        if (reading.destinations().equals(backends.get(group))) {
            return false;
        }
        backends = backends.plus(group, reading.destinations());
        return true;
    }

    /** What the policy refuses of a Service. */
    List<Problem> problems(ObjectName service) {
        List<Problem> problems = new ArrayList<>();
        services.getOrDefault(service, Collections.emptySortedMap()).forEach((port, refused) -> {
            if (!refused.isEmpty()) {
                problems.add(new Problem(
                        new ObjectKey(ClusterKind.SERVICE, service),
                        ProblemReason.DESTINATION_REFUSED,
                        "port " + port + ": " + refused));
            }
        });
        return problems;
    }
}
