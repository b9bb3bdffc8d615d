package io.fairlead.cluster.source.decode;

/**
 * An object, or a whole file, cannot be honoured; the message says on one line what is wrong, and names the field.
 *
 * <p>Immutable.
 */
public final class InvalidInput extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int line;

    public InvalidInput(String message, int line) {
        super(message, null, false, false);
        this.line = line;
    }

    /** The line of the offending value; 0 when unknown. */
    public int line() {
        return line;
    }
}
