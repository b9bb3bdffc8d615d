package io.fairlead.lab.hollow;

/**
 * How large a hollow cluster is, and what of.
 *
 * <p>Immutable.
 *
 * @param services each with one TCP port, 80
 * @param endpointsEach ready endpoints of each Service, while nothing happens to it
 * @param nodes that the endpoints are on, in turn
 * @param dualStack whether Services and Nodes have addresses of both families; else IPv4
 * @param specialPercent of each hundred Services so many are NodePorts, as many LoadBalancers, as many have client
 *     affinity, and as many are NodePorts with external traffic policy Local
 * @param seed of everything that is left to chance
 */
public record HollowShape(
        int services, int endpointsEach, int nodes, boolean dualStack, int specialPercent, long seed) {

    public static final int SERVICES_MAX = 60_000;
    public static final int ENDPOINTS_EACH_MAX = 5_000;
    public static final int NODES_MAX = 5_000;
    public static final int SPECIAL_PERCENT_MAX = 25;

    private static final int ENDPOINTS_MAX = 1 << 21;

    /** @throws IllegalArgumentException if it does not fit the address plan */
    public HollowShape {
        within("Services", services, 1, SERVICES_MAX);
        within("endpoints of each Service", endpointsEach, 0, ENDPOINTS_EACH_MAX);
        within("Nodes", nodes, 1, NODES_MAX);
        within("percent of special Services", specialPercent, 0, SPECIAL_PERCENT_MAX);
        within("endpoints in all", services * endpointsEach, 0, ENDPOINTS_MAX);
    }

    private static void within(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + ": " + min + " to " + max + " are possible, not " + value);
        }
    }

    /** IPv4, plain ClusterIPs. */
    public static HollowShape of(int services, int endpointsEach, int nodes, long seed) {
        return new HollowShape(services, endpointsEach, nodes, false, 0, seed);
    }

    int endpoints() {
        return services * endpointsEach;
    }
}
