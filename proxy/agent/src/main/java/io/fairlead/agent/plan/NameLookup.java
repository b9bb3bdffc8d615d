package io.fairlead.agent.plan;

import io.fairlead.cluster.model.ObjectName;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds values of ascending names in a sorted map: by a search for each name where there are few, in one walk over the
 * map where there are many, as at a cold start.
 *
 * <p>Confined to one thread.
 */
final class NameLookup<V> {

    /** A search compares about so many names. */
    private static final int SEARCH_COST = 8;

    private final SortedMap<ObjectName, V> map;
    private final @Nullable Iterator<Map.Entry<ObjectName, V>> walk;
    private Map.@Nullable Entry<ObjectName, V> at;

    /** @param names that will be looked up */
    NameLookup(SortedMap<ObjectName, V> map, int names) {
        this.map = map;
        this.walk = names > map.size() / SEARCH_COST ? map.entrySet().iterator() : null;
    }

    /** The value of a name that comes after all earlier ones. */
    @Nullable
    V find(ObjectName name) {
        if (walk == null) {
            return map.get(name);
        }
        int order = at == null ? -1 : at.getKey().compareTo(name);
        while (order < 0 && walk.hasNext()) {
            at = walk.next();
            order = at.getKey().compareTo(name);
        }
        return order == 0 && at != null ? at.getValue() : null;
    }
}
