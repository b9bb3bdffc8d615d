package io.fairlead.cluster.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.Gadget;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.Manifests;
import io.fairlead.cluster.source.decode.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What an answer to a question counts beside what the watch tells.
 *
 * <p>Confined to the test thread.
 */
final class SelectedItemsTest {

    private static final ObjectName A = new ObjectName("default", "a");

    private final List<ClusterChange> said = new ArrayList<>();
    private final SelectedItems items = new SelectedItems(
            Gadget.KIND.kind(), Gadget.selected(new Selection()).decoder(), said::add);

    private static Tree gadget(int size) {
        return Manifests.tree(Gadget.json("a", size));
    }

    private static ClusterChange is(int size) {
        return new ClusterChange.Upsert(Gadget.of("a", size));
    }

    private static ClusterChange absent() {
        return new ClusterChange.SetAside(Gadget.KIND.kind(), A, "API", "does not exist");
    }

    private static ClusterChange gone() {
        return new ClusterChange.Delete(Gadget.KIND.kind(), A);
    }

    @Test
    void anAnswerCountsIfTheWatchSaidNothing() {
        items.add(Set.of(A), true);
        items.found(gadget(1));
        assertEquals(List.of(is(1)), said);
    }

    @Test
    void anAnswerThatIsOlderThanTheWatchDoesNotCount() {
        items.add(Set.of(A), true);
        items.put(gadget(2));
        items.found(gadget(1));
        items.notFound(A, "does not exist");
        assertEquals(List.of(is(2)), said);
    }

    @Test
    void whatTheWatchSaysAfterAnAnswerCounts() {
        items.add(Set.of(A), true);
        items.found(gadget(2));
        items.notFound(A, "does not exist");
        items.put(gadget(1));
        items.put(gadget(2));
        items.remove(gadget(2));
        assertEquals(List.of(is(2), is(1), is(2), gone(), absent()), said);
    }

    @Test
    void aListThatPassedByBeforeSaysNothingOfWhatIsAskedFor() {
        items.listBegins();
        items.put(gadget(1));
        items.add(Set.of(A), true);
        items.listEnds();
        assertEquals(List.of(), said);
        items.found(gadget(1));
        items.listBegins();
        items.listEnds();
        assertEquals(List.of(is(1), gone(), absent()), said);
    }

    @Test
    void whatIsNotWantedAnyMoreIsForgotten() {
        items.add(Set.of(A), false);
        items.put(gadget(1));
        items.drop(Set.of(A));
        items.put(gadget(2));
        items.found(gadget(2));
        items.refused("forbidden");
        assertEquals(List.of(is(1), gone()), said);
    }

    @Test
    void whatIsHeldOutlivesARefusal() {
        items.add(Set.of(A), false);
        items.put(gadget(1));
        items.refused("forbidden");
        assertEquals(List.of(is(1)), said);
    }
}
