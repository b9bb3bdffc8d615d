package io.fairlead.ingress.proxy;

import io.fairlead.ingress.proxy.http1.RequestMethod;
import io.fairlead.ingress.route.policy.RetryPolicy;
import io.fairlead.ingress.upstream.UpstreamFault;

/**
 * How often a request was sent again, and whether it may be once more.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
final class Retries {

    private int count;

    void begin() {
        count = 0;
    }

    int count() {
        return count;
    }

    /** Whether a request that a backend may have begun to act on may ever be sent again. */
    boolean mayRepeat(RetryPolicy policy, RequestMethod method) {
        return method.isIdempotent() || policy.anyMethod();
    }

    /**
     * Whether a request may be sent again after this; then that counts.
     *
     * @param atHand whether all of its content that was sent can be sent again
     */
    boolean take(UpstreamFault fault, RetryPolicy policy, RequestMethod method, boolean atHand) {
        boolean repeatable = atHand && mayRepeat(policy, method);
        boolean more = count < policy.retriesMax();
        boolean again = switch (fault) {
            case CONNECT -> more && policy.on().contains(RetryPolicy.Failure.CONNECT);
            // It is no attempt; the next one must not be made on another kept connection.
            case STALE -> repeatable;
            case REFUSED -> more && atHand;
            case NO_ANSWER -> more && repeatable && policy.on().contains(RetryPolicy.Failure.NO_ANSWER);
            case BAD_ANSWER, CUT_OFF -> false;
        };
        count += again && fault != UpstreamFault.STALE ? 1 : 0;
        return again;
    }

    /** Whether it may be sent again although a backend got all of it. */
    boolean takeAnswered(RetryPolicy policy, RequestMethod method, boolean atHand) {
        boolean again = atHand && mayRepeat(policy, method) && count < policy.retriesMax();
        count += again ? 1 : 0;
        return again;
    }
}
