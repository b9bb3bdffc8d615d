package io.fairlead.cluster.source;

import io.fairlead.cluster.model.ObjectName;
import java.util.Set;

/**
 * The names of those objects of a kind that are wanted. They change while a program runs, as what refers to them does.
 *
 * <p>Thread-safe.
 */
public final class Selection {

    private volatile Set<ObjectName> names = Set.of();

    /** The objects that are wanted from here on. Others are forgotten; sources do that soon, on threads of their own. */
    public synchronized void replace(Set<ObjectName> wanted) {
        if (!names.equals(wanted)) {
            names = Set.copyOf(wanted);
            notifyAll();
        }
    }

    /** The same set until it changes. */
    Set<ObjectName> names() {
        return names;
    }

    /** Waits until the names are others than those that {@link #names} returned, and returns them. */
    @SuppressWarnings("ReferenceEquality") // Each replacement is another set.
    synchronized Set<ObjectName> awaitOther(Set<ObjectName> known) throws InterruptedException {
        while (names == known) {
            wait();
        }
        return names;
    }
}
