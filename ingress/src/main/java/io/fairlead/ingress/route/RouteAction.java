package io.fairlead.ingress.route;

import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.route.policy.PathRewrite;
import io.fairlead.ingress.route.request.RequestHost;

/**
 * What happens to a route's requests.
 *
 * <p>Immutable.
 */
public sealed interface RouteAction {

    /** Sent to one endpoint of a group. Shares of several groups would make the group a list with weights. */
    record Forward(BackendGroup backend, ForwardPolicy policy) implements RouteAction {}

    /**
     * Answered with a Location (RFC 9110, section 15.4).
     *
     * @param status 301, 302, 303, 307 or 308
     * @param host empty for that of the request
     * @param port 0 for that of the request, or the scheme's own if the scheme is another than the request's
     */
    record Redirect(int status, Scheme scheme, String host, int port, PathRewrite path) implements RouteAction {

        public Redirect {
            boolean known = status >= 301 && status <= 303 || status == 307 || status == 308;
            if (!known) {
                throw new IllegalArgumentException("redirect: " + status + " is not one of 301, 302, 303, 307 and 308");
            }
            if (!host.isEmpty() && (!RequestHost.isValid(host) || host.indexOf(':') >= 0)) {
                throw new IllegalArgumentException("redirect to host " + host + ": it is not a host name");
            }
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("redirect: port " + port + " is not within 0 to 65535");
            }
        }

        /** To the same place over TLS. {@code port} 0 for 443. */
        public static Redirect toHttps(int status, int port) {
            return new Redirect(status, Scheme.HTTPS, "", port, new PathRewrite.Keep());
        }
    }

    /**
     * Of a redirect's Location.
     *
     * <p>Immutable.
     */
    enum Scheme {
        /** That of the request. */
        SAME,
        HTTP,
        HTTPS
    }

    /**
     * Answered by the proxy itself.
     *
     * @param status 400 to 599
     * @param detail for the operator, never sent to a client: what is missing or wrong, with its name
     */
    record Respond(int status, Reason reason, String detail) implements RouteAction {

        public Respond {
            if (status < 400 || status > 599) {
                throw new IllegalArgumentException("answer: status " + status + " is not within 400 to 599");
            }
        }
    }

    /**
     * Why the proxy itself answers. Missing endpoints are usually found out per request, because endpoints change
     * without the table; the reason is the same.
     *
     * <p>Immutable.
     */
    enum Reason {
        /** No route is for this host and path: 404. */
        NO_MATCH,
        /** The Service, or the port of it that is named, does not exist: 503. */
        NO_SERVICE,
        /** The Service has no endpoint that may be used: 503. */
        NO_ENDPOINTS,
        /**
         * The route names a place that the destination policy forbids, or a kind of backend that is not known: 503.
         */
        REFUSED_DESTINATION,
        /** A setting about security is not valid, so that nothing passes until it is: 503. */
        DENIED
    }
}
