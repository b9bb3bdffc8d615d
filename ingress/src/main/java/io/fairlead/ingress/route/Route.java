package io.fairlead.ingress.route;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.route.policy.PathRewrite;

/**
 * One path of one host, and what happens to requests for it.
 *
 * <p>Conditions on method, header fields and query (Gateway API) would be a component of it, and a place in the tree
 * would hold its routes in order: the first whose conditions hold is taken, and if none does, the next shorter
 * prefix.
 *
 * <p>Immutable.
 *
 * @param action what happens to a request that came over TLS, or that a trusted peer says did
 * @param plainAction what happens to the others; a redirect to https stands here
 */
public record Route(RouteSource source, HostMatch host, PathMatch path, RouteAction action, RouteAction plainAction) {

    /** What a table without a default of its own says to a request that nothing matches. */
    public static final Route NO_MATCH = new Route(
            new RouteSource("", new ObjectName("", ""), RouteSource.NONE, RouteSource.NONE),
            HostMatch.ANY,
            new PathMatch.Everything(),
            new RouteAction.Respond(404, RouteAction.Reason.NO_MATCH, "no route is for this host and path"));

    public Route {
        checkRewrite(path, action);
        checkRewrite(path, plainAction);
    }

    /** A route that does the same with and without TLS. */
    public Route(RouteSource source, HostMatch host, PathMatch path, RouteAction action) {
        this(source, host, path, action, action);
    }

    /** Hot path: the action for a request. */
    public RouteAction actionFor(boolean secure) {
        return secure ? action : plainAction;
    }

    /** {@code foo.com/bar (Ingress shop/web, rule 0, path 2)}. */
    @Override
    public String toString() {
        String place = host.text() + path.text();
        return (place.isEmpty() ? "default" : place) + " (" + source + ")";
    }

    private static void checkRewrite(PathMatch path, RouteAction action) {
        PathRewrite rewrite = switch (action) {
            case RouteAction.Forward forward -> forward.policy().request().path();
            case RouteAction.Redirect redirect -> redirect.path();
            case RouteAction.Respond ignored -> new PathRewrite.Keep();
        };
        if (rewrite instanceof PathRewrite.Prefix && !(path instanceof PathMatch.Prefix)) {
            throw new IllegalArgumentException(
                    "path " + path.text() + ": only the prefix of a Prefix path can be replaced");
        }
    }
}
