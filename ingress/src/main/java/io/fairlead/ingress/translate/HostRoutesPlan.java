package io.fairlead.ingress.translate;

import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.route.PathMatch;
import io.fairlead.ingress.route.Route;
import io.fairlead.ingress.route.RouteAction;
import io.fairlead.ingress.route.RouteSource;
import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.route.policy.PathRewrite;
import io.fairlead.ingress.route.policy.RequestEdits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The routes of one host, from all Ingresses that speak of it, with the redirects that TLS brings.
 *
 * <p><b>HTTP-01.</b> Who issues a certificate asks for a file below {@link #CHALLENGES} without TLS (RFC 8555, section
 * 8.3), and some issuers follow no redirect to a host whose certificate is not there yet. So nothing below it is ever sent
 * to https: neither the route of a solver's own Ingress, nor that of a wider path, which gets a twin for just these paths.
 *
 * <p>Confined to the translator's thread; one object makes the routes of one host.
 */
final class HostRoutesPlan {

    static final String CHALLENGES = "/.well-known/acme-challenge";

    private final HostMatch host;
    private final boolean tls;
    private final IngressSettings.Redirects redirects;
    private final List<Route> routes = new ArrayList<>();

    /** @param tls whether clients find a certificate that was meant for the host */
    HostRoutesPlan(HostMatch host, boolean tls, IngressSettings.Redirects redirects) {
        this.host = host;
        this.tls = tls;
        this.redirects = redirects;
    }

    /** @param tableDefault what a host gets that rules name without giving it a path or a default backend */
    List<Route> of(Collection<IngressPart> oldestFirst, Route tableDefault) {
        RouteSource bare = null;
        boolean bareRedirects = false;
        for (IngressPart part : oldestFirst) {
            boolean redirect = part.alwaysToHttps() || tls && part.toHttps();
            List<Route> given = part.routes().get(host);
            if (given == null) {
                continue;
            }
            for (Route route : given) {
                routes.add(redirect ? redirected(route) : route);
            }
            if (given.isEmpty() && bare == null) {
                bare = new RouteSource("Ingress", part.name(), RouteSource.NONE, RouteSource.NONE);
                bareRedirects = redirect;
            }
        }
        if (routes.isEmpty() && bare != null && !host.equals(HostMatch.ANY)) {
            Route route = new Route(bare, host, new PathMatch.Everything(), tableDefault.action());
            routes.add(bareRedirects ? redirected(route) : route);
        }
        Route widest = widestForChallenges();
        if (widest != null && !widest.plainAction().equals(widest.action())) {
            routes.add(challengesOf(widest));
        }
        return List.copyOf(routes);
    }

    private Route redirected(Route route) {
        String path = route.path().text();
        boolean challenge = path.equals(CHALLENGES) || path.startsWith(CHALLENGES + "/");
        if (challenge || !(route.action() instanceof RouteAction.Forward)) {
            return route;
        }
        RouteAction redirect = RouteAction.Redirect.toHttps(redirects.status(), redirects.httpsPort());
        return new Route(route.source(), host, route.path(), route.action(), redirect);
    }

    /** The route that gets what is below the challenges' path, unless one is for that path itself. */
    private @Nullable Route widestForChallenges() {
        Route found = null;
        int longest = -2;
        for (Route route : routes) {
            int length = switch (route.path()) {
                case PathMatch.Exact ignored -> -2;
                case PathMatch.Prefix(String text) -> lengthAbove(text);
                case PathMatch.Everything ignored -> -1;
            };
            if (length > longest) {
                longest = length;
                found = route;
            }
        }
        return longest == CHALLENGES.length() ? null : found;
    }

    /** The length of a prefix, if it is one of the challenges' path. */
    private static int lengthAbove(String prefix) {
        String text = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
        return CHALLENGES.equals(text) || CHALLENGES.startsWith(text + "/") ? text.length() : -2;
    }

    private static Route challengesOf(Route route) {
        RouteAction action = route.action();
        if (action instanceof RouteAction.Forward(var backend, ForwardPolicy policy)
                && policy.request().path() instanceof PathRewrite.Prefix(String replacement)) {
            RequestEdits edits = policy.request();
            PathRewrite same =
                    new PathRewrite.Prefix(below(replacement, route.path().text()));
            action = new RouteAction.Forward(
                    backend, policy.withRequest(new RequestEdits(same, edits.host(), edits.headers())));
        }
        return new Route(route.source(), route.host(), new PathMatch.Prefix(CHALLENGES), action);
    }

    /** What becomes of the challenges' path when a prefix of it is replaced. */
    private static String below(String replacement, String prefix) {
        int kept = prefix.endsWith("/") ? prefix.length() - 1 : prefix.length();
        String begin = replacement.endsWith("/") ? replacement.substring(0, replacement.length() - 1) : replacement;
        return begin + CHALLENGES.substring(kept);
    }
}
