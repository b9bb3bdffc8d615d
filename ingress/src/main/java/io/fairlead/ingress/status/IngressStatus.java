package io.fairlead.ingress.status;

import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.SnapshotSubscriber;
import io.fairlead.cluster.model.Endpoint;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.resource.IngressKinds;
import io.fairlead.ingress.translate.Translation;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Follows what the status of Ingresses should be. To be subscribed after what translates them, so that it sees the
 * translation of the snapshot that it is given.
 *
 * <p>Confined to the store's thread, except {@link #withdraw}.
 */
public final class IngressStatus implements SnapshotSubscriber {

    private final AddressSource source;
    private final Supplier<Translation> translation;
    private final StatusWriter writer;
    private StatusView view = StatusView.EMPTY;

    public IngressStatus(AddressSource source, Supplier<Translation> translation, StatusWriter writer) {
        this.source = source;
        this.translation = translation;
        this.writer = writer;
    }

    @Override
    public void onSnapshot(ClusterDelta delta, ClusterSnapshot snapshot) {
        List<String> addresses = source.addresses(snapshot);
        boolean all = !addresses.equals(view.addresses())
                || !delta.objects(IngressKinds.INGRESS_CLASS).isEmpty();
        view = new StatusView(
                snapshot.objects(IngressKinds.INGRESS), translation.get().served(), addresses);
        Collection<ObjectName> changed = all ? view.ingresses().keySet() : delta.objects(IngressKinds.INGRESS);
        if (!changed.isEmpty()) {
            writer.update(view, changed);
        }
    }

    /** Takes back what was published; waits for that as long as is said. Thread-safe. */
    public void withdraw(Duration longest) {
        writer.withdraw(longest);
    }

    /**
     * Whether this replica is an endpoint of a Service, and no other one is that stays. Those that end do not stay; of those
     * at this replica's own addresses, one that does not end yet is this replica itself, unless there is one that does.
     *
     * @param own addresses of this replica
     */
    public static boolean isLast(ClusterSnapshot snapshot, ObjectName service, Set<IpAddress> own) {
        Map<IpAddress, Integer> staying = new HashMap<>();
        Map<IpAddress, Integer> ending = new HashMap<>();
        for (EndpointSlice slice : snapshot.slicesOf(service)) {
            for (Endpoint endpoint : slice.endpoints()) {
                (endpoint.terminating() ? ending : staying).merge(endpoint.address(), 1, Integer::sum);
            }
        }
        boolean here = staying.keySet().stream().anyMatch(own::contains)
                || ending.keySet().stream().anyMatch(own::contains);
        return here
                && staying.entrySet().stream()
                        .allMatch(each -> own.contains(each.getKey())
                                && each.getValue() == 1
                                && !ending.containsKey(each.getKey()));
    }
}
