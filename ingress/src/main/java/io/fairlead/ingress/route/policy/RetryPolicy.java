package io.fairlead.ingress.route.policy;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * When a request is sent again, to another endpoint where there is one. Only one whose body is still at hand can be,
 * and one that a backend may have begun to act on only when its method is idempotent (RFC 9110, section 9.2.2).
 * That a
 * kept-alive connection turns out to be closed, before anything of the request could be read, is no attempt.
 *
 * <p>Immutable.
 *
 * @param retriesMax after the first attempt; 0 for none
 * @param on failures that are tried again
 * @param statuses answers that are tried again, 400 to 599, ascending
 * @param anyMethod whether methods that are not idempotent are, too
 */
public record RetryPolicy(int retriesMax, Set<Failure> on, List<Integer> statuses, boolean anyMethod) {

    public static final RetryPolicy DEFAULT =
            new RetryPolicy(2, Set.of(Failure.CONNECT, Failure.NO_ANSWER), List.of(), false);

    public static final RetryPolicy NONE = new RetryPolicy(0, Set.of(), List.of(), false);

    private static final int RETRIES_MAX = 10;

    public RetryPolicy {
        Range.check("number of retries", retriesMax, 0, RETRIES_MAX);
        on = Set.copyOf(on);
        statuses = List.copyOf(new TreeSet<>(statuses));
        statuses.forEach(status -> Range.check("status to retry", status, 400, 599));
    }

    /** Hot path: whether an answer of this status is tried again. */
    public boolean retries(int status) {
        for (int i = 0; i < statuses.size(); i++) {
            if (statuses.get(i) == status) {
                return true;
            }
        }
        return false;
    }

    /**
     * How an attempt fails without an answer.
     *
     * <p>Immutable.
     */
    public enum Failure {
        /** No connection, in time or at all: nothing was sent. */
        CONNECT,
        /** The connection ended before the first byte of an answer. */
        NO_ANSWER,
        /** The idle time-out passed before the first byte of an answer. */
        TIMEOUT
    }
}
