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

    /**
     * Whether a request may be sent again after this; then that counts.
     *
     * @param sentContent whether some of its content was sent: it is gone with the connection
     */
    boolean take(UpstreamFault fault, RetryPolicy policy, RequestMethod method, boolean sentContent) {
        boolean repeatable = !sentContent && (method.isIdempotent() || policy.anyMethod());
        boolean more = count < policy.retriesMax();
        boolean again = switch (fault) {
            case CONNECT -> more && policy.on().contains(RetryPolicy.Failure.CONNECT);
            // It is no attempt; the next one must not be made on another kept connection.
            case STALE -> repeatable;
            case REFUSED -> more && !sentContent;
            case NO_ANSWER -> more && repeatable && policy.on().contains(RetryPolicy.Failure.NO_ANSWER);
            case BAD_ANSWER, CUT_OFF -> false;
        };
        count += again && fault != UpstreamFault.STALE ? 1 : 0;
        return again;
    }
}
