package io.fairlead.cluster;

import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.ObjectName;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What differs between two snapshots.
 *
 * <p>Immutable.
 *
 * @param services names of Services whose record or whose slices differ, in order; each may be absent from either side
 * @param tally how many changes it took
 */
public record ClusterDelta(
        SortedSet<ObjectName> services,
        boolean nodesChanged,
        boolean serviceCidrsChanged,
        boolean setAsideChanged,
        ChangeTally tally) {

    /** Nothing differs. */
    public static final ClusterDelta EMPTY =
            new ClusterDelta(Collections.emptySortedSet(), false, false, false, ChangeTally.NONE);

    public ClusterDelta {
        services = Collections.unmodifiableSortedSet(new TreeSet<>(services));
    }

    /** What differs between the empty snapshot and this one. */
    public static ClusterDelta fromEmpty(ClusterSnapshot snapshot) {
        SortedSet<ObjectName> services = new TreeSet<>(snapshot.services().keySet());
        services.addAll(snapshot.slices().keySet());
        int slices = 0;
        for (List<EndpointSlice> each : snapshot.slices().values()) {
            slices += each.size();
        }
        return new ClusterDelta(
                services,
                !snapshot.nodes().isEmpty(),
                !snapshot.serviceCidrs().isEmpty(),
                !snapshot.setAside().isEmpty(),
                new ChangeTally(snapshot.services().size(), slices, List.of()));
    }

    /** This difference followed by {@code next}: everything that may differ between the outer two snapshots. */
    public ClusterDelta merge(ClusterDelta next) {
        SortedSet<ObjectName> both = new TreeSet<>(services);
        both.addAll(next.services);
        return new ClusterDelta(
                both,
                nodesChanged || next.nodesChanged,
                serviceCidrsChanged || next.serviceCidrsChanged,
                setAsideChanged || next.setAsideChanged,
                tally.plus(next.tally));
    }

    public boolean isEmpty() {
        return services.isEmpty() && !nodesChanged && !serviceCidrsChanged && !setAsideChanged;
    }
}
