package io.fairlead.ingress.upstream;

/**
 * Why a backend gave no answer, or not all of it.
 *
 * <p>Immutable.
 */
public enum UpstreamFault {
    /** No connection came about, so that nothing was sent. */
    CONNECT("no connection to the backend came about"),
    /** A kept connection ended before the first byte of an answer; most often the backend had closed it already. */
    STALE("the backend had closed a kept connection"),
    /** The backend said that it did not begin to act on the request (RFC 9113 section 8.7). */
    REFUSED("the backend took no further request on its connection"),
    /** The connection, or the stream, ended before the first byte of an answer. */
    NO_ANSWER("the backend closed the connection without an answer"),
    /** The answer is one that no two readers would understand alike. */
    BAD_ANSWER("the backend's answer is malformed"),
    /** The connection ended, or broke, within the answer. */
    CUT_OFF("the backend's answer is incomplete");

    private final String reason;

    UpstreamFault(String reason) {
        this.reason = reason;
    }

    /** One clause without a full stop; quotes nothing of what was sent. */
    public String reason() {
        return reason;
    }
}
