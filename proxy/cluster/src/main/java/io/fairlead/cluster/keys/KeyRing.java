package io.fairlead.cluster.keys;

import io.fairlead.cluster.model.PrivateBytes;
import java.util.List;

/**
 * The keys for one purpose: the one that writes, perhaps one that will, and the old ones, newest first.
 *
 * <p>Immutable.
 */
public record KeyRing(List<SharedKey> keys) {

    /** More than any rotation needs. */
    public static final int KEYS_MAX = 64;

    /** @throws IllegalArgumentException if there are others, or in another order */
    public KeyRing {
        keys = List.copyOf(keys);
        if (keys.isEmpty() || keys.size() > KEYS_MAX) {
            throw new IllegalArgumentException(keys.size() + " keys; 1 to " + KEYS_MAX + " are accepted");
        }
        for (int i = 0; i < keys.size(); i++) {
            SharedKey.Role role = keys.get(i).role();
            boolean fits = switch (role) {
                case CURRENT -> i == 0;
                case NEXT -> i == 1;
                case OLD -> i > 0;
            };
            if (!fits) {
                throw new IllegalArgumentException("key " + (i + 1) + " must not be " + role
                        + ": first comes the current one, then the next one if there is one, then the old ones");
            }
        }
    }

    public SharedKey current() {
        return keys.getFirst();
    }

    /** Of all keys, the one that writes first. */
    public List<PrivateBytes> secrets() {
        return keys.stream().map(SharedKey::secret).toList();
    }

    @Override
    public String toString() {
        return keys.size() + " keys";
    }
}
