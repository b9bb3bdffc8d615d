package io.fairlead.runtime.table;

/**
 * Where a writer is in the structure, and what may come there.
 *
 * <p>Confined to the thread that writes.
 */
final class Nesting {

    /** Deepest nesting: what Fairlead shows is flat. */
    private static final int DEPTH_MAX = 32;

    private final boolean[] inObject = new boolean[DEPTH_MAX];
    private final boolean[] filled = new boolean[DEPTH_MAX];
    private int depth;
    private boolean named;
    private boolean complete;

    /** How many objects and arrays are open. */
    int depth() {
        return depth;
    }

    /** Whether the next value follows the name of a member. */
    boolean isNamed() {
        return named;
    }

    /** Whether the outermost value is complete, so that nothing may follow. */
    boolean isComplete() {
        return complete;
    }

    /**
     * A name comes.
     *
     * @return whether it is the first of its object
     */
    boolean name(String name) {
        if (depth == 0 || !inObject[depth - 1] || named) {
            throw new IllegalStateException("no name belongs here: " + name);
        }
        named = true;
        return fill();
    }

    /**
     * A value, an object or an array comes.
     *
     * @return whether it is the first of its array; meaningless elsewhere
     */
    boolean value() {
        if (complete) {
            throw new IllegalStateException("a second value after the end of the text");
        }
        if (depth == 0) {
            return true;
        }
        if (inObject[depth - 1] && !named) {
            throw new IllegalStateException("a name belongs here");
        }
        named = false;
        return fill();
    }

    private boolean fill() {
        boolean first = !filled[depth - 1];
        filled[depth - 1] = true;
        return first;
    }

    /** What began with {@link #value} is a value without content, which ends with it. */
    void leaf() {
        complete = depth == 0;
    }

    void begin(boolean object) {
        if (depth == DEPTH_MAX) {
            throw new IllegalStateException("nested deeper than " + DEPTH_MAX);
        }
        inObject[depth] = object;
        filled[depth] = false;
        depth++;
    }

    /** @return whether it has content */
    boolean end(boolean object) {
        if (depth == 0 || inObject[depth - 1] != object || named) {
            throw new IllegalStateException("no end of an " + (object ? "object" : "array") + " belongs here");
        }
        depth--;
        complete = depth == 0;
        return filled[depth];
    }
}
