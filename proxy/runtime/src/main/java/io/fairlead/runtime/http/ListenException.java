package io.fairlead.runtime.http;

import java.io.Serial;

/**
 * A server cannot listen where it was told to. The message says where, why, and what the operator can do.
 *
 * <p>Immutable.
 */
public final class ListenException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    public ListenException(HttpEndpoint endpoint, String reason) {
        super("cannot listen on " + endpoint + ": " + reason);
    }
}
