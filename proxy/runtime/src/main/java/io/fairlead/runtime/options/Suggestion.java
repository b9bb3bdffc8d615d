package io.fairlead.runtime.options;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Which name a mistyped one was meant to be.
 *
 * <p>Thread-safe, since it has no state.
 */
final class Suggestion {

    /** Longer words are nobody's slip. */
    private static final int WORD_CHARS_MAX = 64;

    private Suggestion() {}

    /** The nearest name, if it takes few edits to get there. */
    static Optional<String> nearest(String mistyped, Collection<String> names) {
        if (mistyped.length() > WORD_CHARS_MAX) {
            return Optional.empty();
        }
        int editsMax = Math.max(2, mistyped.length() / 4);
        return names.stream()
                .filter(name -> edits(mistyped, name) <= editsMax)
                .min(Comparator.comparingInt(name -> edits(mistyped, name)));
    }

    /** Levenshtein's distance: letters to insert, to remove and to replace. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            row[column] = column;
        }
        for (int line = 1; line <= from.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = diagonal + (from.charAt(line - 1) == to.charAt(column - 1) ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.min(replaced, 1 + Math.min(row[column], row[column - 1]));
            }
        }
        return row[to.length()];
    }
}
