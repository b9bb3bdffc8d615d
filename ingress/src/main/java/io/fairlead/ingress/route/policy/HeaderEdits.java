package io.fairlead.ingress.route.policy;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Fields to take out of a head, to replace and to add, done in this order.
 *
 * <p>Immutable.
 *
 * @param remove names, compared without regard to case
 * @param set replaces all fields of that name, or adds one
 */
public record HeaderEdits(List<String> remove, List<HeaderField> set, List<HeaderField> add) {

    public static final HeaderEdits NONE = new HeaderEdits(List.of(), List.of(), List.of());

    private static final int EDITS_MAX = 64;

    public HeaderEdits {
        remove = List.copyOf(remove);
        set = List.copyOf(set);
        add = List.copyOf(add);
        Range.check("number of header edits", remove.size() + set.size() + add.size(), 0, EDITS_MAX);
        remove.forEach(HeaderField::checkName);
        Set<String> once = new HashSet<>();
        remove.forEach(name -> checkOnce(once, name));
        set.forEach(field -> checkOnce(once, field.name()));
    }

    public boolean isEmpty() {
        return remove.isEmpty() && set.isEmpty() && add.isEmpty();
    }

    private static void checkOnce(Set<String> names, String name) {
        if (!names.add(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("header " + name + ": it is removed or set more than once");
        }
    }
}
