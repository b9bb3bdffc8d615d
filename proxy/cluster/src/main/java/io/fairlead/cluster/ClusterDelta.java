package io.fairlead.cluster;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.ExtraKind;
import io.fairlead.cluster.model.ObjectName;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What differs between two snapshots.
 *
 * <p>Immutable.
 *
 * @param services names of Services whose record or whose slices differ, in order; each may be absent from either side
 * @param extras the same for objects of kinds that a module declares for itself; a kind without a difference is absent
 * @param tally how many changes it took
 */
public record ClusterDelta(
        SortedSet<ObjectName> services,
        SortedMap<ClusterKind, SortedSet<ObjectName>> extras,
        boolean nodesChanged,
        boolean serviceCidrsChanged,
        boolean setAsideChanged,
        ChangeTally tally) {

    /** Nothing differs. */
    public static final ClusterDelta EMPTY =
            new ClusterDelta(Collections.emptySortedSet(), new TreeMap<>(), false, false, false, ChangeTally.NONE);

    public ClusterDelta {
        services = Collections.unmodifiableSortedSet(new TreeSet<>(services));
        SortedMap<ClusterKind, SortedSet<ObjectName>> copies = new TreeMap<>();
        extras.forEach((kind, names) -> copies.put(kind, Collections.unmodifiableSortedSet(new TreeSet<>(names))));
        extras = Collections.unmodifiableSortedMap(copies);
    }

    /** What differs between the empty snapshot and this one. */
    public static ClusterDelta fromEmpty(ClusterSnapshot snapshot) {
        SortedSet<ObjectName> services = new TreeSet<>(snapshot.services().keySet());
        services.addAll(snapshot.slices().keySet());
        int slices = 0;
        for (List<EndpointSlice> each : snapshot.slices().values()) {
            slices += each.size();
        }
        SortedMap<ClusterKind, SortedSet<ObjectName>> extras = new TreeMap<>();
        snapshot.extras().forEach((kind, objects) -> extras.put(kind, new TreeSet<>(objects.keySet())));
        return new ClusterDelta(
                services,
                extras,
                !snapshot.nodes().isEmpty(),
                !snapshot.serviceCidrs().isEmpty(),
                !snapshot.setAside().isEmpty(),
                new ChangeTally(snapshot.services().size(), slices, List.of()));
    }

    /** This difference followed by {@code next}: everything that may differ between the outer two snapshots. */
    public ClusterDelta merge(ClusterDelta next) {
        SortedSet<ObjectName> both = new TreeSet<>(services);
        both.addAll(next.services);
        SortedMap<ClusterKind, SortedSet<ObjectName>> bothExtras = new TreeMap<>();
        for (ClusterDelta each : List.of(this, next)) {
            each.extras.forEach((kind, names) ->
                    bothExtras.computeIfAbsent(kind, _ -> new TreeSet<>()).addAll(names));
        }
        return new ClusterDelta(
                both,
                bothExtras,
                nodesChanged || next.nodesChanged,
                serviceCidrsChanged || next.serviceCidrsChanged,
                setAsideChanged || next.setAsideChanged,
                tally.plus(next.tally));
    }

    /** Names of the objects of a kind that differ, in order; each may be absent from either side. */
    public SortedSet<ObjectName> objects(ExtraKind<?> kind) {
        return extras.getOrDefault(kind.kind(), Collections.emptySortedSet());
    }

    public boolean isEmpty() {
        return services.isEmpty() && extras.isEmpty() && !nodesChanged && !serviceCidrsChanged && !setAsideChanged;
    }
}
