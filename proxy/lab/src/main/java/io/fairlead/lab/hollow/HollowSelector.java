package io.fairlead.lab.hollow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A label or field selector: {@code key}, {@code !key}, {@code key=value} and {@code key!=value}, with commas between.
 *
 * <p>Immutable.
 */
record HollowSelector(List<Term> terms) {

    private static final int TERMS_MAX = 16;

    /**
     * One requirement.
     *
     * <p>Immutable.
     *
     * @param value empty if only the presence of the key counts
     */
    record Term(String key, boolean wanted, boolean anyValue, String value) {

        boolean holds(Map<String, String> map) {
            String found = map.get(key);
            return wanted == (found != null && (anyValue || found.equals(value)));
        }
    }

    HollowSelector {
        terms = List.copyOf(terms);
    }

    /** @throws IllegalArgumentException if it is something else */
    static HollowSelector parse(String text) {
        List<Term> terms = new ArrayList<>();
        if (text.isEmpty()) {
            return new HollowSelector(terms);
        }
        for (String part : text.split(",", TERMS_MAX)) {
            terms.add(term(part.strip()));
        }
        return new HollowSelector(terms);
    }

    private static Term term(String text) {
        int equals = text.indexOf('=');
        if (text.isEmpty() || text.matches(".*[ ()].*")) {
            throw new IllegalArgumentException("a hollow cluster does not understand the selector '" + text + "'");
        }
        if (equals < 0) {
            return text.startsWith("!") ? new Term(text.substring(1), false, true, "") : new Term(text, true, true, "");
        }
        boolean unequal = equals > 0 && text.charAt(equals - 1) == '!';
        String key = text.substring(0, unequal ? equals - 1 : equals);
        String value = text.substring(text.startsWith("==", equals) ? equals + 2 : equals + 1);
        return new Term(key, !unequal, false, value);
    }

    boolean holds(Map<String, String> map) {
        for (Term term : terms) {
            if (!term.holds(map)) {
                return false;
            }
        }
        return true;
    }
}
