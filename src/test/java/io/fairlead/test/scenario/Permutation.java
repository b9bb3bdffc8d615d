package io.fairlead.test.scenario;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Another way to the same state: the changes between two looks at it may come in any order and grouping.
 *
 * <p>Immutable.
 */
public enum Permutation {
    /** As the file says. */
    AS_WRITTEN,
    /** One object at a time, the last one first. */
    REVERSED,
    /** One object at a time, in any order. */
    SHUFFLED,
    /** As the file says, everything twice. */
    DUPLICATED,
    /** All at once. */
    SQUASHED,
    /** Another agent goes on after every step. */
    RESTARTED;

    /**
     * Arranges the steps between two looks.
     *
     * @param steps each the texts of objects by name, empty for one that is deleted
     */
    List<Map<String, String>> arrange(List<Map<String, String>> steps, Random random) {
        Map<String, String> last = new LinkedHashMap<>();
        steps.forEach(last::putAll);
        List<Map<String, String>> single = new ArrayList<>();
        last.forEach((name, text) -> single.add(Map.of(name, text)));
        return switch (this) {
            case AS_WRITTEN, DUPLICATED, RESTARTED -> steps;
            case SQUASHED -> List.of(last);
            case REVERSED -> single.reversed();
            case SHUFFLED -> {
                Collections.shuffle(single, random);
                yield single;
            }
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
