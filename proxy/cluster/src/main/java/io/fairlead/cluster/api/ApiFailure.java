package io.fairlead.cluster.api;

import java.time.Duration;

/**
 * The API server refused, or could not be reached. The message is one line and holds no credential.
 *
 * <p>Immutable.
 */
public final class ApiFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int GONE = 410;
    private static final int TOO_LARGE = 413;
    private static final int UNPROCESSABLE = 422;
    private static final int SERVER_ERRORS = 500;

    private final int code;
    private final Duration retryAfter;
    private final boolean untrusted;

    /**
     * @param code HTTP status, or that of a Status object; 0 if there was no answer
     * @param retryAfter how long the server wants to be left alone; zero if it does not say
     */
    public ApiFailure(int code, String message, Duration retryAfter) {
        this(code, message, retryAfter, false);
    }

    private ApiFailure(int code, String message, Duration retryAfter, boolean untrusted) {
        super(message, null, false, false);
        this.code = code;
        this.retryAfter = retryAfter;
        this.untrusted = untrusted;
    }

    /** The server could not prove who it is, or its certificate is not for this address. */
    static ApiFailure untrusted(String message) {
        return new ApiFailure(0, message, Duration.ZERO, true);
    }

    public ApiFailure(String message) {
        this(0, message, Duration.ZERO);
    }

    public Duration retryAfter() {
        return retryAfter;
    }

    /** The resource version, or the continue token, is too old: only a new list helps. */
    public boolean isGone() {
        return code == GONE;
    }

    /** The resource is not there for us: an old cluster, or a missing permission. */
    public boolean isAbsent() {
        return code == NOT_FOUND || code == FORBIDDEN;
    }

    /** There is no such object. */
    public boolean isNotFound() {
        return code == NOT_FOUND;
    }

    /** There is an object of that name. */
    public boolean isConflict() {
        return code == CONFLICT;
    }

    /** What was sent is not what the object may be, or is not now. */
    public boolean isInvalid() {
        return code == BAD_REQUEST || code == TOO_LARGE || code == UNPROCESSABLE;
    }

    boolean isUntrusted() {
        return untrusted;
    }

    /** Whether the server said something. */
    boolean isAnswer() {
        return code != 0;
    }

    /** No answer, or one that another server might not give. */
    public boolean isServersFault() {
        return code == 0 || code >= SERVER_ERRORS;
    }
}
