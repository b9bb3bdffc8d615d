package io.fairlead.ingress.route;

import io.fairlead.ingress.route.RouteExplanation.Outcome;
import io.fairlead.ingress.route.RouteExplanation.Step;
import io.fairlead.ingress.route.RouteExplanation.Subject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks a table's structures for one request and writes down what it sees, the losers too.
 *
 * <p>Confined to the thread that explains.
 */
final class RouteExplainer {

    private final HostIndex index;
    private final Route defaultRoute;
    private final List<Step> steps = new ArrayList<>();
    private final List<Route> beaten = new ArrayList<>();
    private @Nullable HostRoutes winner;

    RouteExplainer(HostIndex index, Route defaultRoute) {
        this.index = index;
        this.defaultRoute = defaultRoute;
    }

    RouteExplanation explain(String host, String path) {
        HostRoutes routes = host(host.getBytes(StandardCharsets.ISO_8859_1), host);
        Route found = path(routes, path.getBytes(StandardCharsets.ISO_8859_1));
        Route fallback = routes.fallback();
        if (fallback != null && !fallback.equals(defaultRoute)) {
            found = defaults(found, fallback, "no path of the host is for this one");
        }
        Route route = defaults(found, defaultRoute, "no route of the host is for this path");
        for (ShadowedRoute shadowed : routes.shadowed()) {
            if (shadowed.winner().equals(route)) {
                beat(Subject.PATH, shadowed.loser(), "another route for the same host and path comes before it");
            }
        }
        return new RouteExplanation(route, steps, beaten);
    }

    private HostRoutes host(byte[] name, String written) {
        host(written.isEmpty() ? "(none)" : written, index.named(name), "a rule names it");
        int dot = written.indexOf('.');
        if (dot > 0) {
            host("*" + written.substring(dot), index.below(name, dot + 1), "no rule names the host itself");
        }
        boolean anyHasRoutes = !index.any().routes().isEmpty();
        if (winner == null || anyHasRoutes) {
            host("(any)", index.any(), "no rule names the host or its wildcard");
        }
        return winner != null ? winner : index.any();
    }

    private void host(String tried, @Nullable HostRoutes routes, String reason) {
        if (routes == null) {
            steps.add(new Step(Subject.HOST, tried, Outcome.NO_MATCH, "no rule is for it"));
        } else if (winner == null) {
            winner = routes;
            steps.add(new Step(Subject.HOST, tried, Outcome.WON, reason));
        } else {
            steps.add(new Step(
                    Subject.HOST, tried, Outcome.BEATEN, "a more specific host is decided for before any path"));
        }
    }

    private @Nullable Route path(HostRoutes routes, byte[] path) {
        List<Route> found = new ArrayList<>();
        int known = routes.paths().collect(path, found);
        if (known < path.length) {
            String tried = new String(path, 0, known, StandardCharsets.ISO_8859_1);
            steps.add(new Step(
                    Subject.PATH, tried + "/...", Outcome.NO_MATCH, "no rule of the host goes on with this segment"));
        }
        if (found.isEmpty()) {
            return null;
        }
        Route best = found.removeLast();
        boolean exact = best.path() instanceof PathMatch.Exact;
        steps.add(new Step(
                Subject.PATH, best.toString(), Outcome.WON, exact ? "it is exactly this path" : "the longest prefix"));
        while (!found.isEmpty()) {
            beat(Subject.PATH, found.removeLast(), exact ? "an exact path comes first" : "a longer prefix comes first");
        }
        return best;
    }

    private Route defaults(@Nullable Route found, Route fallback, String reason) {
        if (found == null) {
            steps.add(new Step(Subject.DEFAULT, fallback.toString(), Outcome.WON, reason));
            return fallback;
        }
        if (!fallback.equals(Route.NO_MATCH)) {
            beat(Subject.DEFAULT, fallback, "a route is for the path");
        }
        return found;
    }

    private void beat(Subject subject, Route route, String reason) {
        steps.add(new Step(subject, route.toString(), Outcome.BEATEN, reason));
        beaten.add(route);
    }
}
