package io.fairlead.ingress.route.policy;

import io.fairlead.ingress.route.request.RequestHost;

/**
 * What a route changes in a request's head before it goes on.
 *
 * <p>Immutable.
 *
 * @param host the Host to send, perhaps with a port; empty for that of the request
 */
public record RequestEdits(PathRewrite path, String host, HeaderEdits headers) {

    public static final RequestEdits NONE = new RequestEdits(new PathRewrite.Keep(), "", HeaderEdits.NONE);

    public RequestEdits {
        if (!host.isEmpty() && !RequestHost.isValid(host)) {
            throw new IllegalArgumentException("host to send: " + host + " is not a host name");
        }
    }
}
