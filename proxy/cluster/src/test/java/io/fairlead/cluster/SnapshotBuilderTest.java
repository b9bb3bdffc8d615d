package io.fairlead.cluster;

import static io.fairlead.cluster.model.EndpointSliceBuilder.slice;
import static io.fairlead.cluster.model.NodeBuilder.node;
import static io.fairlead.cluster.model.ServiceBuilder.service;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Service;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class SnapshotBuilderTest {

    private final SnapshotBuilder builder = new SnapshotBuilder();

    private ClusterDelta after(ClusterChange... changes) {
        for (ClusterChange change : changes) {
            builder.apply(change);
        }
        return builder.build();
    }

    private static ClusterChange upsert(ClusterObject object) {
        return new ClusterChange.Upsert(object);
    }

    private static ClusterChange delete(ClusterObject object) {
        return new ClusterChange.Delete(object.kind(), object.objectName());
    }

    private static ObjectName name(String name) {
        return new ObjectName("default", name);
    }

    @Test
    void serviceIsTouchedByItselfAndByItsSlices() {
        assertEquals(Set.of(name("web")), after(upsert(service("web").build())).services());
        assertEquals(
                Set.of(name("web")),
                after(upsert(slice("web-1", "web").endpoints("10.180.0.1").build()))
                        .services());
        assertEquals(
                Set.of(name("web")),
                after(delete(slice("web-1", "web").build())).services());
        assertEquals(Set.of(name("web")), after(delete(service("web").build())).services());
        assertTrue(builder.built().services().isEmpty());
        assertTrue(builder.built().slices().isEmpty());
    }

    @Test
    void sliceThatMovesTouchesBothServices() {
        after(upsert(slice("s", "a").build()), upsert(slice("t", "a").build()));
        assertEquals(
                Set.of(name("a"), name("b")),
                after(upsert(slice("s", "b").build())).services());
        assertEquals(1, builder.built().slicesOf(name("a")).size());
        assertEquals(1, builder.built().slicesOf(name("b")).size());
    }

    @Test
    void slicesOfAServiceAreInTheOrderOfTheirNames() {
        after(
                upsert(slice("c", "web").build()),
                upsert(slice("a", "web").build()),
                upsert(slice("b", "web").build()));
        assertEquals(
                List.of("a", "b", "c"),
                builder.built().slicesOf(name("web")).stream()
                        .map(each -> each.name().name())
                        .toList());
    }

    @Test
    void whatChangesNothingPublishesNothing() {
        after(
                upsert(service("web").build()),
                upsert(slice("s", "web").build()),
                upsert(node("n1").build()));
        ClusterSnapshot before = builder.built();
        assertTrue(after(
                        upsert(service("web").build()),
                        upsert(slice("s", "web").build()),
                        upsert(node("n1").build()),
                        delete(service("unknown").build()),
                        delete(slice("unknown", "web").build()))
                .isEmpty());
        assertTrue(after(delete(service("web").build()), upsert(service("web").build()))
                .isEmpty());
        assertTrue(after(upsert(service("new").build()), delete(service("new").build()))
                .isEmpty());
        assertSame(before, builder.built());
    }

    private static ChangeTally tally(int services, int slices) {
        return new ChangeTally(services, slices, List.of());
    }

    @Test
    void triggersGoWithTheNextDifference() {
        after(upsert(slice("s", "web").build()));
        ClusterChange.Triggered first = new ClusterChange.Triggered(IpFamily.IPV4, Instant.EPOCH);
        assertEquals(List.of(), after(first).tally().triggers());
        ClusterDelta delta = after(delete(slice("s", "web").build()));
        assertEquals(List.of(first), delta.tally().triggers());
        assertEquals(List.of(first, first), delta.merge(delta).tally().triggers());
        assertEquals(List.of(), after(upsert(slice("s", "web").build())).tally().triggers());
        ClusterDelta many = ClusterDelta.EMPTY;
        for (int i = 0; i < 2 * ChangeTally.TRIGGERS_MAX; i++) {
            many = many.merge(delta);
        }
        assertEquals(ChangeTally.TRIGGERS_MAX, many.tally().triggers().size());
    }

    @Test
    void changesAreTallied() {
        ClusterDelta first = after(
                upsert(service("web").build()),
                upsert(service("web").build()),
                upsert(slice("s", "web").build()),
                upsert(slice("t", "web").build()),
                upsert(node("n1").build()));
        assertEquals(tally(1, 2), first.tally());
        assertEquals(tally(1, 2), ClusterDelta.fromEmpty(builder.built()).tally());
        ClusterDelta second =
                after(delete(service("web").build()), delete(slice("s", "web").build()));
        assertEquals(tally(1, 1), second.tally());
        assertEquals(tally(2, 3), first.merge(second).tally());
        assertEquals(tally(0, 0), after(delete(node("n1").build())).tally());
    }

    @Test
    void nodesAndServiceCidrsAreFlags() {
        assertTrue(after(upsert(node("n1").build())).nodesChanged());
        assertTrue(after(upsert(node("n1").zone("a").build())).nodesChanged());
        assertFalse(after(upsert(service("web").build())).nodesChanged());
        assertTrue(after(delete(node("n1").build())).nodesChanged());
        assertTrue(builder.built().nodes().isEmpty());
    }

    @Test
    void setAsideKeepsTheLastGoodRecordUntilTheNextWord() {
        Service good = service("web").build();
        ClusterChange.SetAside report =
                new ClusterChange.SetAside(ClusterKind.SERVICE, good.name(), "a.yaml:3", "spec: bad");
        after(upsert(good));
        ClusterDelta delta = after(report);
        assertTrue(delta.setAsideChanged());
        assertTrue(delta.services().isEmpty());
        assertEquals(good, builder.built().services().get(good.name()));
        assertEquals(Map.of(good.key(), report), builder.built().setAside());
        assertTrue(after(report).isEmpty());

        // The object is good again, exactly as it was: only the report ends.
        assertEquals(
                new ClusterDelta(ClusterDelta.EMPTY.services(), new TreeMap<>(), false, false, true, ChangeTally.NONE),
                after(upsert(good)));
        after(report);
        assertTrue(after(delete(good)).setAsideChanged());
        assertTrue(builder.built().setAside().isEmpty());
    }

    @Test
    void kindsOfOneModuleAreInTheSameSnapshots() {
        ObjectName name = name("a");
        ClusterDelta delta =
                after(upsert(service("web").build()), upsert(Gadget.of("a", 1)), upsert(Gadget.of("b", 2)));
        assertEquals(Set.of(name, name("b")), delta.objects(Gadget.KIND));
        assertEquals(Gadget.of("a", 1), builder.built().objects(Gadget.KIND).get(name));
        assertEquals(delta, ClusterDelta.fromEmpty(builder.built()));

        assertTrue(after(upsert(Gadget.of("a", 1))).isEmpty(), "it says the same");
        assertTrue(after(upsert(Gadget.of("a", 3)), upsert(Gadget.of("a", 1))).isEmpty(), "and says it again");
        ClusterDelta changed = after(upsert(Gadget.of("a", 3)));
        assertEquals(Set.of(name), changed.objects(Gadget.KIND));
        ClusterDelta gone = after(delete(Gadget.of("a", 3)), delete(Gadget.of("b", 2)));
        assertEquals(Map.of(), builder.built().objects(Gadget.KIND));
        assertEquals(Set.of(name, name("b")), changed.merge(gone).objects(Gadget.KIND));
        assertFalse(gone.isEmpty());
        assertTrue(after(delete(Gadget.of("a", 3))).isEmpty());
    }

    @Test
    void setAsideObjectOfOneModuleKeepsItsLastRecord() {
        after(upsert(Gadget.of("a", 1)));
        ClusterDelta delta =
                after(new ClusterChange.SetAside(Gadget.KIND.kind(), name("a"), "a.yaml:3", "spec.size: bad"));
        assertTrue(delta.setAsideChanged());
        assertEquals(Map.of(name("a"), Gadget.of("a", 1)), builder.built().objects(Gadget.KIND));
    }

    /** However the same changes are cut into batches, the snapshots, and the sum of the deltas, are the same. */
    @Test
    void everyBatchingGivesTheSameSnapshot() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<ClusterChange> changes = randomChanges(random, 60);
            SnapshotBuilder whole = new SnapshotBuilder();
            changes.forEach(whole::apply);
            ClusterDelta wholeDelta = whole.build();
            SnapshotBuilder parts = new SnapshotBuilder();
            ClusterSnapshot last = parts.built();
            ClusterDelta sum = ClusterDelta.EMPTY;
            for (ClusterChange change : changes) {
                parts.apply(change);
                if (random.nextInt(4) == 0) {
                    sum = sum.merge(checkedBuild(parts, last, seed));
                    last = parts.built();
                }
            }
            sum = sum.merge(checkedBuild(parts, last, seed));
            assertSameContent(whole.built(), parts.built(), seed);
            assertSameContent(fromScratch(changes), parts.built(), seed);
            assertTrue(sum.services().containsAll(wholeDelta.services()), "seed " + seed);
            assertEquals(ClusterDelta.fromEmpty(whole.built()).services(), wholeDelta.services(), "seed " + seed);
        }
    }

    /** The order of changes of different objects does not matter. */
    @Test
    void everyOrderOfObjectsGivesTheSameSnapshot() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<ClusterChange> changes = randomChanges(random, 40);
            Map<ObjectKey, List<ClusterChange>> queues = new HashMap<>();
            changes.forEach(change ->
                    queues.computeIfAbsent(key(change), _ -> new ArrayList<>()).add(change));
            SnapshotBuilder shuffled = new SnapshotBuilder();
            List<List<ClusterChange>> rest = new ArrayList<>(queues.values());
            while (!rest.isEmpty()) {
                List<ClusterChange> queue = rest.get(random.nextInt(rest.size()));
                shuffled.apply(queue.removeFirst());
                rest.removeIf(List::isEmpty);
            }
            shuffled.build();
            assertSameContent(fromScratch(changes), shuffled.built(), seed);
        }
    }

    private static ClusterDelta checkedBuild(SnapshotBuilder builder, ClusterSnapshot last, long seed) {
        ClusterDelta delta = builder.build();
        ClusterSnapshot next = builder.built();
        Set<ObjectName> names = new HashSet<>(last.services().keySet());
        names.addAll(next.services().keySet());
        names.addAll(last.slices().keySet());
        names.addAll(next.slices().keySet());
        names.removeIf(name ->
                Objects.equals(last.services().get(name), next.services().get(name))
                        && last.slicesOf(name).equals(next.slicesOf(name)));
        assertEquals(names, delta.services(), "touched is not what differs, seed " + seed);
        return delta;
    }

    private static ObjectKey key(ClusterChange change) {
        return switch (change) {
            case ClusterChange.Upsert(ClusterObject object) -> object.key();
            case ClusterChange.Delete delete -> delete.key();
            case ClusterChange.SetAside report -> report.key();
            case ClusterChange.Synced(), ClusterChange.Triggered(IpFamily _, Instant _) ->
                throw new AssertionError("not made here");
        };
    }

    private static List<ClusterChange> randomChanges(Random random, int count) {
        List<ClusterChange> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ClusterObject object = switch (random.nextInt(5)) {
                case 0, 1 ->
                    service("s" + random.nextInt(6)).port(1 + random.nextInt(3)).build();
                case 2, 3 ->
                    slice("e" + random.nextInt(8), "s" + random.nextInt(6))
                            .endpoints("10.180.0." + random.nextInt(4))
                            .build();
                default ->
                    node("n" + random.nextInt(3)).zone("z" + random.nextInt(3)).build();
            };
            changes.add(
                    switch (random.nextInt(10)) {
                        case 0, 1, 2 -> delete(object);
                        case 3 ->
                            new ClusterChange.SetAside(
                                    object.kind(), object.objectName(), "API", "reason " + random.nextInt(2));
                        default -> upsert(object);
                    });
        }
        return changes;
    }

    /** The plain meaning of a list of changes: the last word of each object. */
    private static ClusterSnapshot fromScratch(List<ClusterChange> changes) {
        Map<ObjectKey, ClusterObject> objects = new HashMap<>();
        Map<ObjectKey, ClusterChange.SetAside> reports = new HashMap<>();
        for (ClusterChange change : changes) {
            reports.remove(key(change));
            switch (change) {
                case ClusterChange.Upsert(ClusterObject object) -> objects.put(object.key(), object);
                case ClusterChange.Delete delete -> objects.remove(delete.key());
                case ClusterChange.SetAside report -> reports.put(report.key(), report);
                case ClusterChange.Synced(), ClusterChange.Triggered(IpFamily _, Instant _) -> {}
            }
        }
        SnapshotBuilder builder = new SnapshotBuilder();
        objects.values().forEach(object -> builder.apply(upsert(object)));
        reports.values().forEach(builder::apply);
        builder.build();
        return builder.built();
    }

    private static void assertSameContent(ClusterSnapshot expected, ClusterSnapshot actual, long seed) {
        assertEquals(expected.services(), actual.services(), "seed " + seed);
        assertEquals(expected.slices(), actual.slices(), "seed " + seed);
        assertEquals(expected.nodes(), actual.nodes(), "seed " + seed);
        assertEquals(expected.serviceCidrs(), actual.serviceCidrs(), "seed " + seed);
        assertEquals(expected.setAside(), actual.setAside(), "seed " + seed);
        for (List<EndpointSlice> slices : actual.slices().values()) {
            assertFalse(slices.isEmpty(), "seed " + seed);
        }
    }
}
