package io.fairlead.cluster;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.ExtraObject;
import io.fairlead.cluster.model.Node;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.model.ServiceCidr;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/**
 * Turns changes into snapshots: {@link #apply} as many as there are, then {@link #build} what they amount to. Holds no
 * thread and no clock.
 *
 * <p>Confined to the store's thread.
 */
final class SnapshotBuilder {

    private static final Comparator<EndpointSlice> BY_NAME = Comparator.comparing(EndpointSlice::name);

    private TreePMap<ObjectName, Service> services = TreePMap.empty();
    private TreePMap<ObjectName, List<EndpointSlice>> slices = TreePMap.empty();
    private TreePMap<String, Node> nodes = TreePMap.empty();
    private TreePMap<String, ServiceCidr> serviceCidrs = TreePMap.empty();
    private TreePMap<ClusterKind, TreePMap<ObjectName, ExtraObject>> extras = TreePMap.empty();
    private TreePMap<ObjectKey, ClusterChange.SetAside> setAside = TreePMap.empty();

    private ClusterSnapshot built = snapshot(0);

    /** To find the Service of a slice that is deleted or moves to another Service. */
    private final Map<ObjectName, ObjectName> serviceOfSlice = new HashMap<>();

    private final SortedSet<ObjectName> touched = new TreeSet<>();
    private final SortedMap<ClusterKind, SortedSet<ObjectName>> touchedExtras = new TreeMap<>();

    // Since the last build.
    private int changedServices;
    private int changedSlices;
    /** Since the last difference: the change that one belongs to may come with the next batch. */
    private final List<ClusterChange.Triggered> triggers = new ArrayList<>();

    /** The snapshot of the last {@link #build}. */
    ClusterSnapshot built() {
        return built;
    }

    void apply(ClusterChange change) {
        switch (change) {
            case ClusterChange.Upsert(ClusterObject object) -> {
                setAside = minus(setAside, object.key());
                upsert(object);
            }
            case ClusterChange.Delete delete -> {
                setAside = minus(setAside, delete.key());
                delete(delete);
            }
            case ClusterChange.SetAside report -> setAside = plus(setAside, report.key(), report);
            case ClusterChange.Triggered trigger -> {
                if (triggers.size() < ChangeTally.TRIGGERS_MAX) {
                    triggers.add(trigger);
                }
            }
            case ClusterChange.Synced() -> {}
        }
    }

    /** Makes the snapshot of all changes so far, unless it would be the last one again; returns the difference. */
    @SuppressWarnings("ReferenceEquality") // An unchanged map stays the same one: see plus and minus.
    ClusterDelta build() {
        touched.removeIf(
                name -> Objects.equals(services.get(name), built.services().get(name))
                        && Objects.equals(slices.get(name), built.slices().get(name)));
        touchedExtras.forEach((kind, names) -> names.removeIf(name ->
                Objects.equals(extrasOf(kind).get(name), built.extras(kind).get(name))));
        touchedExtras.values().removeIf(Set::isEmpty);
        ClusterDelta delta = new ClusterDelta(
                touched,
                touchedExtras,
                nodes != built.nodes(),
                serviceCidrs != built.serviceCidrs(),
                setAside != built.setAside(),
                touched.isEmpty() ? ChangeTally.NONE : new ChangeTally(changedServices, changedSlices, triggers));
        if (!touched.isEmpty()) {
            triggers.clear();
        }
        touched.clear();
        touchedExtras.clear();
        changedServices = 0;
        changedSlices = 0;
        if (delta.isEmpty() && built.sequence() > 0) {
            return delta;
        }
        built = snapshot(built.sequence() + 1);
        return delta;
    }

    private ClusterSnapshot snapshot(long sequence) {
        return new ClusterSnapshot(sequence, services, slices, nodes, serviceCidrs, extras, setAside);
    }

    private void upsert(ClusterObject object) {
        switch (object) {
            case Service service -> {
                putServices(plus(services, service.name(), service), service.name());
            }
            case EndpointSlice slice -> {
                ObjectName former = serviceOfSlice.put(slice.name(), slice.service());
                if (former != null && !former.equals(slice.service())) {
                    replaceSlice(former, slice.name(), List.of());
                }
                replaceSlice(slice.service(), slice.name(), List.of(slice));
            }
            case Node node -> nodes = plus(nodes, node.name(), node);
            case ServiceCidr cidr -> serviceCidrs = plus(serviceCidrs, cidr.name(), cidr);
            case ExtraObject extra -> {
                ClusterKind kind = extra.kind();
                putExtras(kind, plus(extrasOf(kind), extra.objectName(), extra), extra.objectName());
            }
        }
    }

    private void delete(ClusterChange.Delete delete) {
        ClusterKind kind = delete.kind();
        ObjectName name = delete.name();
        if (kind == ClusterKind.SERVICE) {
            putServices(minus(services, name), name);
        } else if (kind == ClusterKind.ENDPOINT_SLICE) {
            ObjectName service = serviceOfSlice.remove(name);
            if (service != null) {
                replaceSlice(service, name, List.of());
            }
        } else if (kind == ClusterKind.NODE) {
            nodes = minus(nodes, name.name());
        } else if (kind == ClusterKind.SERVICE_CIDR) {
            serviceCidrs = minus(serviceCidrs, name.name());
        } else {
            putExtras(kind, minus(extrasOf(kind), name), name);
        }
    }

    private TreePMap<ObjectName, ExtraObject> extrasOf(ClusterKind kind) {
        return extras.getOrDefault(kind, TreePMap.empty());
    }

    @SuppressWarnings("ReferenceEquality") // An unchanged map stays the same one: see plus and minus.
    private void putExtras(ClusterKind kind, TreePMap<ObjectName, ExtraObject> latest, ObjectName changed) {
        if (latest != extrasOf(kind)) {
            extras = latest.isEmpty() ? extras.minus(kind) : extras.plus(kind, latest);
            touchedExtras.computeIfAbsent(kind, _ -> new TreeSet<>()).add(changed);
        }
    }

    @SuppressWarnings("ReferenceEquality") // An unchanged map stays the same one: see plus and minus.
    private void putServices(TreePMap<ObjectName, Service> latest, ObjectName changed) {
        if (latest != services) {
            services = latest;
            touched.add(changed);
            changedServices++;
        }
    }

    /** Takes the slice of that name away from the Service and adds the replacement, which has one slice or none. */
    private void replaceSlice(ObjectName service, ObjectName slice, List<EndpointSlice> replacement) {
        List<EndpointSlice> held = slices.getOrDefault(service, List.of());
        if (held.containsAll(replacement) && !replacement.isEmpty()) {
            return;
        }
        List<EndpointSlice> changed = new ArrayList<>(held.size() + 1);
        for (EndpointSlice each : held) {
            if (!each.name().equals(slice)) {
                changed.add(each);
            }
        }
        for (EndpointSlice each : replacement) {
            changed.add(-1 - Collections.binarySearch(changed, each, BY_NAME), each);
        }
        slices = changed.isEmpty() ? minus(slices, service) : plus(slices, service, List.copyOf(changed));
        touched.add(service);
        changedSlices++;
    }

    /** The map itself when it holds the same already: its identity tells whether it changed. */
    private static <K, V> TreePMap<K, V> plus(TreePMap<K, V> map, K key, V value) {
        return value.equals(map.get(key)) ? map : map.plus(key, value);
    }

    private static <K, V> TreePMap<K, V> minus(TreePMap<K, V> map, K key) {
        return map.containsKey(key) ? map.minus(key) : map;
    }
}
