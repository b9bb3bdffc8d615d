package io.fairlead.agent.dataplane.nftables;

import io.fairlead.kernel.DeltaTracker;
import java.util.Arrays;

/**
 * Gives each value of a list an index from 0 to its length, moving as few as it can: one backend that comes or goes
 * costs one or two elements, however long the list. Which index a value has depends on what was there before; what is
 * there does not, and a random index makes all equally likely.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class Placement {

    private Placement() {}

    /**
     * @param values the list, in any order; it is sorted and then reordered: value {@code i} of the result gets index
     *     {@code i}
     * @param keys has started a series of keys of {@code tracker}
     */
    static byte[][] place(byte[][] values, DeltaTracker tracker, Keys keys) {
        Arrays.sort(values, Arrays::compareUnsigned);
        if (values.length == 0) {
            return values;
        }
        byte[] known = new byte[values[0].length];
        if (!tracker.lookup(keys.index(0), known)) {
            return values;
        }
        byte[][] placed = new byte[values.length][];
        boolean[] used = new boolean[values.length];
        for (int index = 0; index < values.length && tracker.lookup(keys.index(index), known); index++) {
            int at = Arrays.binarySearch(values, known, Arrays::compareUnsigned);
            if (at >= 0 && !used[at]) {
                placed[index] = values[at];
                used[at] = true;
            }
        }
        int free = 0;
        for (int i = 0; i < values.length; i++) {
            if (!used[i]) {
                while (placed[free] != null) {
                    free++;
                }
                placed[free] = values[i];
            }
        }
        return placed;
    }
}
