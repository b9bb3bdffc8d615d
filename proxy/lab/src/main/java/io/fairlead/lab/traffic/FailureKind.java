package io.fairlead.lab.traffic;

import java.io.IOException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.util.Locale;

/**
 * How an attempt to reach something failed, as the client sees it.
 *
 * <p>Immutable.
 */
public enum FailureKind {
    /** At once: nobody listens, or a Service has no endpoints. */
    REFUSED,
    /** No answer in time. */
    TIMED_OUT,
    /** A connection that stood was cut. */
    RESET,
    /** A router knows no way. */
    UNREACHABLE,
    /** Anything else, such as a reply that makes no sense. */
    BROKEN;

    static FailureKind of(IOException failure) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (failure instanceof SocketTimeoutException) {
            return TIMED_OUT;
        }
        if (failure instanceof NoRouteToHostException || message.contains("network is unreachable")) {
            return UNREACHABLE;
        }
        // For a connected datagram socket the JDK reports ECONNREFUSED as a port that is unreachable.
        if (failure instanceof PortUnreachableException || message.contains("refused")) {
            return REFUSED;
        }
        return message.contains("reset") || message.contains("broken pipe") ? RESET : BROKEN;
    }

    /** As words. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
