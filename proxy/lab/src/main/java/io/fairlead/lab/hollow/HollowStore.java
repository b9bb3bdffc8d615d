package io.fairlead.lab.hollow;

import io.fairlead.lab.hollow.HollowChange.Verb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What etcd is to an API server: objects with versions, and what happened lately. One version counts for all kinds, and
 * each change has its own.
 *
 * <p>Thread-safe.
 */
final class HollowStore {

    /** Events that a watch can be behind; older ones are compacted. */
    private static final int EVENTS_MAX = 1 << 14;

    private static final int LISTS_MAX = 16;
    private static final int EVENTS_AT_ONCE = 256;

    /**
     * An object with the version that it is of.
     *
     * <p>Immutable.
     */
    record Versioned(HollowObject object, long version) {}

    /**
     * A change of the past.
     *
     * <p>Immutable.
     *
     * @param nanos when, as {@link System#nanoTime}
     */
    record Event(Verb verb, Versioned state, long nanos) {}

    /**
     * All objects of a kind at one moment.
     *
     * <p>Immutable.
     */
    record Listing(HollowKind kind, long version, List<Versioned> items) {
        Listing {
            items = List.copyOf(items);
        }
    }

    /**
     * What comes next for a watch.
     *
     * <p>Immutable.
     *
     * @param position where to go on; it moves on when other kinds change, too
     */
    record Batch(List<Event> events, long position) {
        Batch {
            events = List.copyOf(events);
        }
    }

    /** The past that was asked for is forgotten. */
    static final class CompactedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final Map<HollowKind, NavigableMap<String, Versioned>> objects = new EnumMap<>(HollowKind.class);
    private final Map<String, Listing> lists = new LinkedHashMap<>();
    private final Event[] events = new Event[EVENTS_MAX];
    private long version;
    private long compacted;
    private long delayNanos;

    /** @param version where counting begins: above that of an earlier store, whose clients may come back */
    HollowStore(long version) {
        this.version = version;
        this.compacted = version;
        for (HollowKind kind : HollowKind.values()) {
            objects.put(kind, new TreeMap<>());
        }
    }

    synchronized void apply(List<HollowChange> changes) {
        long now = System.nanoTime();
        for (HollowChange change : changes) {
            version++;
            Versioned state = new Versioned(change.object(), version);
            NavigableMap<String, Versioned> all = all(change.object().kind());
            switch (change.verb()) {
                case ADDED, MODIFIED -> all.put(change.object().key(), state);
                case DELETED -> all.remove(change.object().key());
            }
            events[(int) (version % EVENTS_MAX)] = new Event(change.verb(), state, now);
        }
        compacted = Math.max(compacted, version - EVENTS_MAX);
        notifyAll();
    }

    private NavigableMap<String, Versioned> all(HollowKind kind) {
        NavigableMap<String, Versioned> all = objects.get(kind);
        if (all == null) {
            throw new IllegalStateException("no " + kind);
        }
        return all;
    }

    synchronized long version() {
        return version;
    }

    synchronized int count(HollowKind kind) {
        return all(kind).size();
    }

    synchronized Optional<Versioned> find(HollowKind kind, String key) {
        return Optional.ofNullable(all(kind).get(key));
    }

    /** All objects of a kind; it is kept for a while, for those who read it in pages. */
    synchronized Listing list(HollowKind kind) {
        Listing listing = new Listing(kind, version, new ArrayList<>(all(kind).values()));
        lists.put(kind + " " + version, listing);
        if (lists.size() > LISTS_MAX) {
            lists.remove(lists.keySet().iterator().next());
        }
        return listing;
    }

    /** A list that was begun. */
    synchronized Listing list(HollowKind kind, long listVersion) {
        Listing listing = lists.get(kind + " " + listVersion);
        if (listing == null) {
            throw new CompactedException();
        }
        return listing;
    }

    /** Forgets the past. Watches that have begun go on. */
    synchronized void compact() {
        compacted = version;
        lists.clear();
    }

    /** Watches hear of each change so much later, from here on. */
    synchronized void delay(Duration delay) {
        delayNanos = delay.toNanos();
        notifyAll();
    }

    /** Checks that a watch can begin after a version. */
    synchronized void requireKnown(long after) {
        if (after < compacted) {
            throw new CompactedException();
        }
    }

    /**
     * Waits for changes of a kind.
     *
     * @param deadline as {@link System#nanoTime}; then there may be none
     * @throws CompactedException if the watch is too far behind
     */
    synchronized Batch await(HollowKind kind, long after, long deadline) throws InterruptedException {
        List<Event> batch = new ArrayList<>();
        long position = after;
        while (true) {
            if (position < version - EVENTS_MAX) {
                throw new CompactedException();
            }
            long wait = deadline - System.nanoTime();
            while (position < version && batch.size() < EVENTS_AT_ONCE) {
                Event event = events[(int) ((position + 1) % EVENTS_MAX)];
                long early = event.nanos() + delayNanos - System.nanoTime();
                if (delayNanos > 0 && early > 0) {
                    wait = Math.min(wait, early);
                    break;
                }
                position++;
                if (event.state().object().kind() == kind) {
                    batch.add(event);
                }
            }
            if (!batch.isEmpty() || deadline - System.nanoTime() <= 0) {
                return new Batch(batch, position);
            }
            wait(Math.max(1, wait / 1_000_000));
        }
    }
}
