package io.fairlead.lab.hollow;

/**
 * How large a hollow cluster is, and what of.
 *
 * <p>Immutable.
 *
 * @param services each with one TCP port, 80
 * @param endpointsEach ready endpoints of a Service on average, while nothing happens to it
 * @param spreadPercent how much more or less than that a Service has at most: 0 makes all equal
 * @param nodes that the endpoints are on, in turn
 * @param dualStack whether Services and Nodes have addresses of both families; else IPv4
 * @param specialPercent of each hundred Services so many are NodePorts, as many LoadBalancers, as many have client
 *     affinity, and as many are NodePorts with external traffic policy Local
 * @param seed of everything that is left to chance
 */
public record HollowShape(
        int services,
        int endpointsEach,
        int spreadPercent,
        int nodes,
        boolean dualStack,
        int specialPercent,
        long seed) {

    public static final int SERVICES_MAX = 60_000;
    public static final int ENDPOINTS_EACH_MAX = 5_000;
    public static final int NODES_MAX = 5_000;
    public static final int SPECIAL_PERCENT_MAX = 25;

    public static final int SPREAD_PERCENT_MAX = 100;

    /** Coprime to the number of steps, so that Services that follow each other differ. */
    private static final int SPREAD_STRIDE = 37;

    private static final int SPREAD_STEPS = 101;
    private static final int ENDPOINTS_MAX = 1 << 21;

    /** @throws IllegalArgumentException if it does not fit the address plan */
    public HollowShape {
        within("Services", services, 1, SERVICES_MAX);
        within("endpoints of each Service", endpointsEach, 0, ENDPOINTS_EACH_MAX);
        within("percent of spread", spreadPercent, 0, SPREAD_PERCENT_MAX);
        within("Nodes", nodes, 1, NODES_MAX);
        within("percent of special Services", specialPercent, 0, SPECIAL_PERCENT_MAX);
        within("endpoints in all", services * endpointsEach, 0, ENDPOINTS_MAX);
    }

    private static void within(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + ": " + min + " to " + max + " are possible, not " + value);
        }
    }

    /** IPv4, plain ClusterIPs of equal size. */
    public static HollowShape of(int services, int endpointsEach, int nodes, long seed) {
        return new HollowShape(services, endpointsEach, 0, nodes, false, 0, seed);
    }

    /** How many endpoints a Service has while nothing happens to it. */
    int endpointsOf(int service) {
        int step = service * SPREAD_STRIDE % SPREAD_STEPS;
        int most = endpointsEach * spreadPercent / 100;
        return endpointsEach - most + 2 * most * step / (SPREAD_STEPS - 1);
    }

    int endpoints() {
        return services * endpointsEach;
    }
}
