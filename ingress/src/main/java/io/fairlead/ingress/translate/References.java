package io.fairlead.ingress.translate;

import io.fairlead.cluster.model.ObjectName;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which Ingresses refer to what.
 *
 * <p>Confined to the translator's thread.
 */
final class References<T> {

    private final Map<T, Set<ObjectName>> users = new HashMap<>();

    void add(Collection<T> targets, ObjectName user) {
        targets.forEach(
                target -> users.computeIfAbsent(target, _ -> new HashSet<>(2)).add(user));
    }

    void remove(Collection<T> targets, ObjectName user) {
        for (T target : targets) {
            users.computeIfPresent(target, (_, known) -> {
                known.remove(user);
                return known.isEmpty() ? null : known;
            });
        }
    }

    boolean has(T target) {
        return users.containsKey(target);
    }

    Set<ObjectName> of(T target) {
        return users.getOrDefault(target, Set.of());
    }

    /** All that somebody refers to. */
    Set<T> targets() {
        return users.keySet();
    }
}
