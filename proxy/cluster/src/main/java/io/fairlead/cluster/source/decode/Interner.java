package io.fairlead.cluster.source.decode;

import java.util.HashMap;
import java.util.Map;

/**
 * Makes equal values one value: thousands of endpoints name the same nodes, zones and ports. Bounded: a full table is
 * dropped and starts again, which costs some sharing and never correctness.
 *
 * <p>Confined to the thread of its source.
 */
final class Interner {

    private static final int SIZE_MAX = 1 << 16;

    private final Map<Object, Object> values = new HashMap<>();

    /** The first value seen that equals this one. */
    @SuppressWarnings("unchecked") // Equal values of the final types given here are of the same type.
    <T> T share(T value) {
        Object known = values.putIfAbsent(value, value);
        if (values.size() > SIZE_MAX) {
            values.clear();
        }
        return known == null ? value : (T) known;
    }
}
