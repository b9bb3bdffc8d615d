package io.fairlead.cluster.write;

import io.fairlead.cluster.api.ApiFailure;

/**
 * Something could not be written, or what is there could not be read before. The message is one line and holds no
 * credential.
 *
 * <p>Immutable.
 */
public final class WriteRefused extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Why why;

    /** What helps. Immutable. */
    public enum Why {
        /** A permission, or a namespace: HTTP 403 and 404. */
        NOT_PERMITTED,
        /** Another content: HTTP 400, 413 and 422, or what is there is not what is expected. */
        INVALID,
        /** Time. */
        TROUBLE
    }

    public WriteRefused(Why why, String message) {
        super(message, null, false, false);
        this.why = why;
    }

    static WriteRefused of(ApiFailure failure) {
        Why why = failure.isAbsent() ? Why.NOT_PERMITTED : failure.isInvalid() ? Why.INVALID : Why.TROUBLE;
        return new WriteRefused(why, String.valueOf(failure.getMessage()));
    }

    public Why why() {
        return why;
    }

    /** Whether it may be taken later. */
    public boolean isWorthRetrying() {
        return why == Why.TROUBLE;
    }
}
