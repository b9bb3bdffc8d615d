package io.fairlead.agent.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.cluster.model.ObjectName;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A walk finds what a search finds.
 *
 * <p>Confined to the test thread.
 */
class NameLookupTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 10, 100, 300})
    void findsWhatTheMapHas(int names) {
        Random random = new Random(names);
        SortedMap<ObjectName, Integer> map = new TreeMap<>();
        for (int i = 0; i < 100; i++) {
            map.put(name(random), i);
        }
        SortedSet<ObjectName> wanted = new TreeSet<>();
        while (wanted.size() < names) {
            wanted.add(name(random));
        }
        NameLookup<Integer> lookup = new NameLookup<>(map, names);
        for (ObjectName name : wanted) {
            assertEquals(map.get(name), lookup.find(name), name.toString());
        }
    }

    private static ObjectName name(Random random) {
        return new ObjectName("ns-" + random.nextInt(3), "s-" + random.nextInt(200));
    }
}
