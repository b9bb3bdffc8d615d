package io.fairlead.ingress.proxy;

import io.fairlead.ingress.route.PathMatch;
import io.fairlead.ingress.route.RouteAction;
import io.fairlead.ingress.route.request.RequestPath;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A redirect, prepared.
 *
 * <p>Immutable.
 */
final class RedirectTarget implements PreparedAction {

    private static final int PORT_HTTP = 80;
    private static final int PORT_HTTPS = 443;

    private final Reply reply;
    private final RouteAction.Redirect redirect;
    private final PathEdit path;

    RedirectTarget(PathMatch match, RouteAction.Redirect redirect) {
        this.redirect = redirect;
        reply = Reply.of(redirect.status(), "the resource is at another place");
        path = PathEdit.of(redirect.path(), match);
    }

    Reply reply() {
        return reply;
    }

    /**
     * The whole Location line.
     *
     * @param host the name of the request's host, without port
     * @param port the port of the listener that it came to, for a redirect that keeps it; 0 if it is not known
     * @param target path and query as they were matched; empty if the request has no path
     */
    byte[] location(boolean secure, String host, int port, RequestPath target, boolean hasPath) {
        boolean toHttps =
                redirect.scheme() == RouteAction.Scheme.HTTPS || redirect.scheme() == RouteAction.Scheme.SAME && secure;
        int standard = toHttps ? PORT_HTTPS : PORT_HTTP;
        int wanted = redirect.port() != 0 ? redirect.port() : toHttps == secure && port != 0 ? port : standard;
        String authority = redirect.host().isEmpty() ? host : redirect.host();
        String start = "Location: " + (toHttps ? "https://" : "http://") + authority
                + (wanted == standard ? "" : ":" + wanted);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes(start.getBytes(StandardCharsets.US_ASCII));
        if (!hasPath) {
            line.write('/');
        } else if (path.keeps()) {
            line.write(target.text(), target.pathFrom(), target.queryTo() - target.pathFrom());
        } else {
            byte[] edited = new byte[path.bytesMax(target)];
            line.write(edited, 0, path.apply(target, edited));
        }
        line.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        return line.toByteArray();
    }
}
