package io.fairlead.cluster.source.decode;

/**
 * Bounds what one document may hold while it is read, so that a hostile one costs an error and not the memory.
 *
 * <p>Confined to the thread of its source.
 */
final class TreeLimits {

    /** Deep enough for the schemas of custom resources, which lie beside the objects that we read. */
    private static final int DEPTH_MAX = 200;

    private static final int VALUES_MAX = 1_000_000;

    private int values;
    private int depth;

    /** Counts one value, or as many as an alias stands for. */
    void count(int more, int line) {
        values += more;
        if (values > VALUES_MAX) {
            throw new InvalidInput(
                    "the document holds more than " + VALUES_MAX + " values (aliases count for what they stand for)",
                    line);
        }
    }

    int values() {
        return values;
    }

    void enter(int line) {
        if (++depth > DEPTH_MAX) {
            throw new InvalidInput("the document is nested deeper than " + DEPTH_MAX + " levels", line);
        }
    }

    void leave() {
        depth--;
    }
}
