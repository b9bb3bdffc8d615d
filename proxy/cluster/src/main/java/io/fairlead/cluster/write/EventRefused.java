package io.fairlead.cluster.write;

/**
 * An Event could not be written. The message is one line and holds no credential.
 *
 * <p>Immutable.
 */
final class EventRefused extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean worthRetrying;

    EventRefused(String message, boolean worthRetrying) {
        super(message, null, false, false);
        this.worthRetrying = worthRetrying;
    }

    /** Whether it may be taken later. */
    boolean isWorthRetrying() {
        return worthRetrying;
    }
}
