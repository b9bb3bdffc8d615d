package io.fairlead.ingress.route.policy;

/**
 * How one of a group's endpoints is chosen for a request.
 *
 * <p>Immutable.
 */
public record LoadBalancing(Algorithm algorithm, StickySession sticky) {

    public static final LoadBalancing DEFAULT =
            new LoadBalancing(Algorithm.LEAST_REQUEST_OF_TWO, new StickySession.Off());

    /**
     * Among endpoints that are equal otherwise.
     *
     * <p>Immutable.
     */
    public enum Algorithm {
        /**
         * Of two drawn at random that with fewer requests under way: it sees slow endpoints, and needs no shared
         * state.
         */
        LEAST_REQUEST_OF_TWO,
        ROUND_ROBIN
    }
}
