package io.fairlead.cluster.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.ClusterProbe;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.Gadget;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.KubernetesAccess;
import io.fairlead.cluster.model.ObjectName;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The API as the source of a kind of which only some objects are wanted. */
@Timeout(60)
final class SelectedKindTest {

    private static final String GADGETS = "/apis/example.com/v1/gadgets";

    private static final KubernetesTiming QUICK = new KubernetesTiming(
            Duration.ofMillis(10),
            Duration.ofMillis(50),
            Duration.ofSeconds(60),
            Duration.ofMillis(700),
            Duration.ofSeconds(60),
            Duration.ofMinutes(5));

    private final FakeApiServer api = new FakeApiServer();
    private final ClusterProbe probe = new ClusterProbe();
    private final ApiConnection connection = new ApiConnection(KubernetesAccess.plain(List.of(api.url())));
    private final Selection selection = new Selection();
    private final KubernetesSource source =
            new KubernetesSource(connection, Gadget.selected(selection), probe.sink(), QUICK);

    @AfterEach
    void close() {
        source.close();
        connection.close();
        probe.close();
        api.close();
    }

    private void want(String... names) {
        selection.replace(Arrays.stream(names).map(SelectedKindTest::name).collect(Collectors.toSet()));
    }

    private static ObjectName name(String text) {
        int slash = text.indexOf('/');
        return new ObjectName(text.substring(0, slash), text.substring(slash + 1));
    }

    /** Waits until the snapshot has exactly these objects, and these set aside. */
    private void await(Set<String> there, Map<String, String> aside) {
        probe.await(
                there + " and " + aside,
                snapshot -> there(snapshot).equals(there) && aside(snapshot).equals(aside));
    }

    private static Set<String> there(ClusterSnapshot snapshot) {
        Set<String> names = new TreeSet<>();
        snapshot.objects(Gadget.KIND).keySet().forEach(name -> names.add(name.toString()));
        return names;
    }

    private static Map<String, String> aside(ClusterSnapshot snapshot) {
        Map<String, String> reasons = new TreeMap<>();
        snapshot.setAside().forEach((key, report) -> reasons.put(key.name().toString(), report.reason()));
        return reasons;
    }

    private long askedOf(String text) {
        return api.requests().stream()
                .filter(request -> request.startsWith(GADGETS) && request.contains(text))
                .count();
    }

    @Test
    void nobodyIsAskedForWhatNobodyWants() {
        api.put(GADGETS, Gadget.json("a", 1));
        source.start();
        await(Set.of(), Map.of());
        assertEquals(0, askedOf(""));
        want("default/a");
        await(Set.of("default/a"), Map.of());
        assertTrue(askedOf("namespace=default") > 0);
        assertEquals(askedOf(""), askedOf("namespace=default"), "only of that namespace");
    }

    @Test
    void onlyWhatIsWantedIsEverSaid() {
        api.put(GADGETS, Gadget.json("one", "a", 1));
        api.put(GADGETS, Gadget.json("one", "b", 2));
        api.put(GADGETS, Gadget.json("two", "a", 3));
        api.put(GADGETS, Gadget.json("two", "s", 4).replace("\"size\"", "\"secret\": \"yes\", \"size\""));
        want("one/a", "two/a", "two/s");
        source.start();
        await(Set.of("one/a", "two/a"), Map.of("two/s", "does not exist"));
        // Becomes wanted while its namespace is watched.
        want("one/a", "one/b");
        await(Set.of("one/a", "one/b"), Map.of());
        want("one/b");
        await(Set.of("one/b"), Map.of());
        api.put(GADGETS, Gadget.json("one", "a", 5));
        api.put(GADGETS, Gadget.json("one", "b", 6));
        probe.await(
                "the other size",
                snapshot -> List.copyOf(snapshot.objects(Gadget.KIND).values())
                        .equals(List.of(new Gadget(name("one/b"), 6))));
        want();
        await(Set.of(), Map.of());
        assertTrue(
                probe.said().stream().noneMatch(change -> change.toString().contains("size=5")),
                probe.said().toString());
    }

    @Test
    void whatIsMissingIsSetAsideUntilItComes() {
        want("one/a", "one/b");
        api.put(GADGETS, Gadget.json("one", "b", 10));
        source.start();
        String tooLarge = "spec.size: 10 is not a size (1..9)";
        await(Set.of(), Map.of("one/a", "does not exist", "one/b", tooLarge));
        api.put(GADGETS, Gadget.json("one", "a", 1));
        await(Set.of("one/a"), Map.of("one/b", tooLarge));
        api.delete(GADGETS, "one/a");
        await(Set.of(), Map.of("one/a", "does not exist", "one/b", tooLarge));
        want("one/a", "one/c");
        await(Set.of(), Map.of("one/a", "does not exist", "one/c", "does not exist"));
        want("one/c");
        await(Set.of(), Map.of("one/c", "does not exist"));
        want();
        await(Set.of(), Map.of());
    }

    @Test
    void aNamespaceThatIsForbiddenStopsNothingElse() {
        api.refuse("namespace=closed", 403, 10);
        api.put(GADGETS, Gadget.json("closed", "a", 1));
        api.put(GADGETS, Gadget.json("open", "a", 1));
        want("closed/a", "open/a");
        source.start();
        probe.await(
                "a reason",
                snapshot -> there(snapshot).equals(Set.of("open/a"))
                        && aside(snapshot).getOrDefault("closed/a", "").contains("403"));
        // The permission is given.
        await(Set.of("closed/a", "open/a"), Map.of());
        want("closed/a", "open/a", "closed/b");
        await(Set.of("closed/a", "open/a"), Map.of("closed/b", "does not exist"));
    }

    @Test
    void aQuestionWithoutAnAnswerIsAskedAgain() {
        api.put(GADGETS, Gadget.json("one", "a", 1));
        api.put(GADGETS, Gadget.json("one", "b", 1));
        want("one/a");
        source.start();
        await(Set.of("one/a"), Map.of());
        api.refuse("metadata.name=b", 500, 3);
        want("one/a", "one/b");
        await(Set.of("one/a", "one/b"), Map.of());
    }
}
