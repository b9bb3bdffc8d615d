package io.fairlead.lab.hollow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.hollow.HollowChange.Verb;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a hollow cluster is made of, and what happens in it. */
final class HollowClusterTest {

    private static final Instant NOW = Instant.parse("2025-11-21T12:00:00Z");
    private static final Pattern ADDRESSES = Pattern.compile("\"addresses\":\\[\"([^\"]+)\"]");

    private static Map<String, String> objects(HollowCluster cluster) {
        Map<String, String> objects = new TreeMap<>();
        cluster.forEach(object -> objects.put(object.kind() + " " + object.key(), HollowJson.toSend(object)));
        return objects;
    }

    private static void churn(HollowCluster cluster, int changes) {
        for (int i = 0; i < changes; i++) {
            cluster.next(NOW);
        }
    }

    @Test
    void seedDecidesEverything() {
        HollowCluster one = new HollowCluster(HollowShape.of(50, 5, 4, 7));
        HollowCluster same = new HollowCluster(HollowShape.of(50, 5, 4, 7));
        HollowCluster other = new HollowCluster(HollowShape.of(50, 5, 4, 8));
        churn(one, 500);
        churn(same, 500);
        churn(other, 500);
        assertEquals(objects(one), objects(same));
        assertNotEquals(objects(one), objects(other));
    }

    @Test
    void changesLeadFromOneStateToTheNext() {
        HollowCluster cluster = new HollowCluster(new HollowShape(40, 3, 0, 4, true, 10, 3));
        Map<String, String> followed = objects(cluster);
        Map<Verb, Integer> verbs = new HashMap<>();
        for (int i = 0; i < 3000; i++) {
            for (HollowChange change : cluster.next(NOW).changes()) {
                String key = change.object().kind() + " " + change.object().key();
                boolean known = followed.containsKey(key);
                assertEquals(change.verb() != Verb.ADDED, known, () -> change.verb() + " of " + key);
                verbs.merge(change.verb(), 1, Integer::sum);
                if (change.verb() == Verb.DELETED) {
                    followed.remove(key);
                } else {
                    followed.put(key, HollowJson.toSend(change.object()));
                }
            }
        }
        assertEquals(objects(cluster), followed);
        assertEquals(Set.of(Verb.values()), verbs.keySet(), verbs::toString);
    }

    @Test
    void noAddressBelongsToTwo() {
        HollowCluster cluster = new HollowCluster(new HollowShape(300, 7, 60, 9, true, 20, 5));
        churn(cluster, 2000);
        Set<String> seen = new HashSet<>();
        Set<Integer> endpoints = new HashSet<>();
        cluster.forEach(object -> {
            if (object.kind() == HollowKind.ENDPOINT_SLICE) {
                ADDRESSES.matcher(HollowJson.toSend(object)).results().forEach(match -> {
                    assertTrue(seen.add(match.group(1)), () -> match.group(1) + " twice");
                    endpoints.add(seen.size());
                });
            }
        });
        assertTrue(endpoints.size() >= 2 * 300 * 6, () -> "only " + endpoints.size());
    }

    @Test
    void slicesAreCutAsTheControllerCutsThem() {
        HollowCluster cluster = new HollowCluster(HollowShape.of(2, 250, 5, 1));
        Map<String, Integer> sizes = new TreeMap<>();
        cluster.forEach(object -> {
            if (object.kind() == HollowKind.ENDPOINT_SLICE) {
                String text = HollowJson.toSend(object);
                sizes.merge(
                        Integer.toString((int) ADDRESSES.matcher(text).results().count()), 1, Integer::sum);
            }
        });
        assertEquals(Map.of("100", 4, "50", 2), sizes);
    }

    @Test
    void spreadChangesSizesAndNotTheirSum() {
        HollowShape shape = new HollowShape(1010, 20, 80, 5, false, 0, 1);
        Map<Integer, Integer> sizes = new TreeMap<>();
        for (int i = 0; i < shape.services(); i++) {
            sizes.merge(shape.endpointsOf(i), 1, Integer::sum);
        }
        assertEquals(33, sizes.size(), sizes::toString);
        assertTrue(sizes.containsKey(4) && sizes.containsKey(36), sizes::toString);
        assertEquals(1010 * 20, new HollowCluster(shape).endpoints(), 1010);
    }

    @Test
    void serviceSurvivesItsStoriesWithAllItsEndpoints() {
        HollowCluster cluster = new HollowCluster(HollowShape.of(20, 5, 4, 11));
        int most = 0;
        for (int i = 0; i < 5000; i++) {
            cluster.next(NOW);
            most = Math.max(most, cluster.endpoints());
        }
        // What is more belongs to the stories that go on, each with a rollout of at most five Pods.
        assertTrue(most > 100 && most <= 100 + 5 * HollowStory.AT_ONCE, "at most " + most);
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThrows(IllegalArgumentException.class, () -> HollowShape.of(60_001, 1, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> HollowShape.of(60_000, 5_000, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new HollowAddresses(HollowShape.of(2_048, 1_024, 2_049, 1)));
        new HollowAddresses(HollowShape.of(10_000, 25, 1, 1));
        new HollowAddresses(HollowShape.of(5_000, 50, 5_000, 1));
    }
}
