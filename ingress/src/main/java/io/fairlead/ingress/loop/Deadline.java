package io.fairlead.ingress.loop;

import org.jspecify.annotations.Nullable;

/**
 * A moment at which something has waited long enough. It is set and put off as often as its owner likes, which costs a
 * store: a {@link Worker} looks at all of its deadlines a few times a second.
 *
 * <p>Confined to the event loop's thread of its worker.
 */
public final class Deadline {

    private static final long NEVER = Long.MAX_VALUE;

    private final Runnable action;
    private long at = NEVER;
    /** Neighbours in the worker's ring; both or none. */
    @Nullable
    private Deadline previous;

    @Nullable
    private Deadline next;

    Deadline(Runnable action) {
        this.action = action;
    }

    /**
     * Hot path: calls the action once, when this moment has passed, or up to a tick later.
     *
     * @param nanos as {@link Worker#nanoTime} counts
     */
    public void set(long nanos) {
        at = nanos;
    }

    /** Hot path: it does not pass until it is set again. */
    public void clear() {
        at = NEVER;
    }

    /** Never passes again. */
    public void end() {
        clear();
        if (previous != null && next != null) {
            previous.next = next;
            next.previous = previous;
            previous = null;
            next = null;
        }
    }

    /** Makes it a ring of its own. */
    void close() {
        previous = this;
        next = this;
    }

    void enter(Deadline ring) {
        previous = ring;
        next = ring.next;
        if (next != null) {
            next.previous = this;
        }
        ring.next = this;
    }

    @Nullable
    Deadline next() {
        return next;
    }

    boolean passed(long now) {
        return at != NEVER && at - now <= 0;
    }

    void run() {
        at = NEVER;
        action.run();
    }
}
