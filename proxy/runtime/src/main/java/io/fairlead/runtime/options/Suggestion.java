package io.fairlead.runtime.options;

import java.util.Collection;

/**
 * What a mistyped name was probably meant to be, by edit distance (Levenshtein, Soviet Physics Doklady 10, 1966).
 *
 * <p>Thread-safe.
 */
final class Suggestion {

    private static final int NAME_CHARS_MAX = 64;

    private Suggestion() {}

    /** {@code ", did you mean 'x'?"} for the nearest name at most about a third of its letters away, else empty. */
    static String text(String mistyped, Collection<String> names) {
        if (mistyped.length() > NAME_CHARS_MAX) {
            return "";
        }
        String nearest = "";
        int least = Integer.MAX_VALUE;
        for (String name : names) {
            int distance = distance(mistyped, name);
            if (distance <= Math.max(1, (name.length() + 1) / 3)
                    && (distance < least || distance == least && name.compareTo(nearest) < 0)) {
                least = distance;
                nearest = name;
            }
        }
        return nearest.isEmpty() ? "" : ", did you mean '" + nearest + "'?";
    }

    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
