package io.fairlead.ingress.route.policy;

/**
 * Everything that a route says about forwarding, but to whom.
 *
 * <p>Filters that decide before a request is forwarded (authentication, rate limits, CORS, mirroring) or change
 * its body
 * (compression) are a list beside this record, in the order in which they run; shares of several backends
 * (canary) are
 * the action's. What is here is what every forwarded request needs.
 *
 * <p>Immutable.
 *
 * @param bodyBytesMax the longest request body; a longer one is answered with 413 (RFC 9110, section 15.5.14). 0 for no
 *     limit: bodies are streamed, so that their length costs no memory
 * @param responseHeaders edits of the backend's answer
 */
public record ForwardPolicy(
        Timeouts timeouts,
        long bodyBytesMax,
        RequestEdits request,
        HeaderEdits responseHeaders,
        LoadBalancing balancing,
        RetryPolicy retry,
        BackendConnection connection) {

    public static final ForwardPolicy DEFAULT = new ForwardPolicy(
            Timeouts.DEFAULT,
            0,
            RequestEdits.NONE,
            HeaderEdits.NONE,
            LoadBalancing.DEFAULT,
            RetryPolicy.DEFAULT,
            BackendConnection.DEFAULT);

    public ForwardPolicy {
        Range.check("the limit of request bodies, in bytes", bodyBytesMax, 0, Long.MAX_VALUE);
    }

    public ForwardPolicy withTimeouts(Timeouts changed) {
        return new ForwardPolicy(changed, bodyBytesMax, request, responseHeaders, balancing, retry, connection);
    }

    public ForwardPolicy withBodyBytesMax(long changed) {
        return new ForwardPolicy(timeouts, changed, request, responseHeaders, balancing, retry, connection);
    }

    public ForwardPolicy withRequest(RequestEdits changed) {
        return new ForwardPolicy(timeouts, bodyBytesMax, changed, responseHeaders, balancing, retry, connection);
    }

    public ForwardPolicy withResponseHeaders(HeaderEdits changed) {
        return new ForwardPolicy(timeouts, bodyBytesMax, request, changed, balancing, retry, connection);
    }

    public ForwardPolicy withBalancing(LoadBalancing changed) {
        return new ForwardPolicy(timeouts, bodyBytesMax, request, responseHeaders, changed, retry, connection);
    }

    public ForwardPolicy withRetry(RetryPolicy changed) {
        return new ForwardPolicy(timeouts, bodyBytesMax, request, responseHeaders, balancing, changed, connection);
    }

    public ForwardPolicy withConnection(BackendConnection changed) {
        return new ForwardPolicy(timeouts, bodyBytesMax, request, responseHeaders, balancing, retry, changed);
    }
}
