package io.fairlead.ingress.route;

import java.util.List;

/**
 * How the route for a request was found.
 *
 * <p>Immutable.
 *
 * @param route what {@link RouteTable#lookup} returns for the same request
 * @param steps what was looked at, in order: hosts, then paths of the host that won, then defaults
 * @param beaten routes that are for this host and path, too, and lost: the best first
 */
public record RouteExplanation(Route route, List<Step> steps, List<Route> beaten) {

    public RouteExplanation {
        steps = List.copyOf(steps);
        beaten = List.copyOf(beaten);
    }

    /**
     * One thing that was looked at.
     *
     * <p>Immutable.
     *
     * @param tried a host, or a route as {@link Route#toString} writes it, or a path that no route goes on from
     * @param reason a clause
     */
    public record Step(Subject subject, String tried, Outcome outcome, String reason) {

        /** {@code path foo.com/bar (Ingress shop/web, rule 0, path 2): won, the longest path}. */
        @Override
        public String toString() {
            return subject.text + " " + tried + ": " + outcome.text + ", " + reason;
        }
    }

    /**
     * What a step looked at.
     *
     * <p>Immutable.
     */
    public enum Subject {
        HOST("host"),
        PATH("path"),
        DEFAULT("default");

        private final String text;

        Subject(String text) {
            this.text = text;
        }
    }

    /**
     * How a step ended.
     *
     * <p>Immutable.
     */
    public enum Outcome {
        WON("won"),
        BEATEN("beaten"),
        NO_MATCH("no match");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }
    }
}
