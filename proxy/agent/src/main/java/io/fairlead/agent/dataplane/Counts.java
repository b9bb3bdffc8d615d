package io.fairlead.agent.dataplane;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Counts users of things that several Services share.
 *
 * <p>Confined to the proxy loop's thread.
 */
public final class Counts<K> {

    private final Map<K, Integer> counts = new HashMap<>();

    /** Whether this is the first user. */
    public boolean add(K thing) {
        return counts.merge(thing, 1, Integer::sum) == 1;
    }

    /** Whether this was the last user. */
    public boolean remove(K thing) {
        return counts.computeIfPresent(thing, (_, count) -> count == 1 ? null : count - 1) == null;
    }

    /** Whether it has a user. */
    public boolean has(K thing) {
        return counts.containsKey(thing);
    }

    public Set<K> things() {
        return counts.keySet();
    }
}
