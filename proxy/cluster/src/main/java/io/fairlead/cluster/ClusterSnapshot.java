package io.fairlead.cluster;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.ExtraKind;
import io.fairlead.cluster.model.ExtraObject;
import io.fairlead.cluster.model.Node;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.model.ServiceCidr;
import java.util.List;
import java.util.SortedMap;
import org.pcollections.TreePMap;

/**
 * All of the cluster at one moment. Two snapshots share what did not change between them, so that a change costs in
 * proportion to itself: the maps are persistent balanced trees.
 *
 * <p>Immutable.
 */
public final class ClusterSnapshot {

    /** The snapshot before the first one. */
    public static final ClusterSnapshot EMPTY = new ClusterSnapshot(
            0,
            TreePMap.empty(),
            TreePMap.empty(),
            TreePMap.empty(),
            TreePMap.empty(),
            TreePMap.empty(),
            TreePMap.empty());

    private final long sequence;
    private final TreePMap<ObjectName, Service> services;
    private final TreePMap<ObjectName, List<EndpointSlice>> slices;
    private final TreePMap<String, Node> nodes;
    private final TreePMap<String, ServiceCidr> serviceCidrs;
    private final TreePMap<ClusterKind, TreePMap<ObjectName, ExtraObject>> extras;
    private final TreePMap<ObjectKey, ClusterChange.SetAside> setAside;

    ClusterSnapshot(
            long sequence,
            TreePMap<ObjectName, Service> services,
            TreePMap<ObjectName, List<EndpointSlice>> slices,
            TreePMap<String, Node> nodes,
            TreePMap<String, ServiceCidr> serviceCidrs,
            TreePMap<ClusterKind, TreePMap<ObjectName, ExtraObject>> extras,
            TreePMap<ObjectKey, ClusterChange.SetAside> setAside) {
        this.sequence = sequence;
        this.services = services;
        this.slices = slices;
        this.nodes = nodes;
        this.serviceCidrs = serviceCidrs;
        this.extras = extras;
        this.setAside = setAside;
    }

    /** 0 for {@link #EMPTY}, then one more with each published snapshot. */
    public long sequence() {
        return sequence;
    }

    public SortedMap<ObjectName, Service> services() {
        return services;
    }

    /**
     * EndpointSlices by the name of the Service that they belong to, whether that Service exists or not; those of one
     * Service are in the order of their own names, and there is at least one.
     */
    public SortedMap<ObjectName, List<EndpointSlice>> slices() {
        return slices;
    }

    /** The slices of one Service, in the order of their names; empty when it has none. */
    public List<EndpointSlice> slicesOf(ObjectName service) {
        return slices.getOrDefault(service, List.of());
    }

    public SortedMap<String, Node> nodes() {
        return nodes;
    }

    public SortedMap<String, ServiceCidr> serviceCidrs() {
        return serviceCidrs;
    }

    /** The objects of a kind that a module declares for itself; none if no source follows it. */
    @SuppressWarnings("unchecked") // Objects of a kind are of its type: whoever declares it also decodes it.
    public <T extends ExtraObject> SortedMap<ObjectName, T> objects(ExtraKind<T> kind) {
        return (SortedMap<ObjectName, T>) extras(kind.kind());
    }

    SortedMap<ObjectName, ? extends ExtraObject> extras(ClusterKind kind) {
        return extras.getOrDefault(kind, TreePMap.empty());
    }

    /** By kind, those that a module declares for itself; each has an object. */
    SortedMap<ClusterKind, TreePMap<ObjectName, ExtraObject>> extras() {
        return extras;
    }

    /** What cannot be honoured, with the reason; the last good record of such an object is still in the other maps. */
    public SortedMap<ObjectKey, ClusterChange.SetAside> setAside() {
        return setAside;
    }
}
