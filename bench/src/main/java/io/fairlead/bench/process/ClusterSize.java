package io.fairlead.bench.process;

import java.util.List;

/**
 * How large a synthetic cluster is.
 *
 * <p>Immutable.
 *
 * @param services each with one TCP port and one ClusterIP
 * @param endpointsEach ready endpoints of each Service, on a hundred nodes in turn
 */
public record ClusterSize(int services, int endpointsEach) {

    private static final int SERVICES_MAX = 60_000;
    private static final int ENDPOINTS_MAX = 1 << 22;

    public ClusterSize {
        if (services < 1 || services > SERVICES_MAX || (long) services * endpointsEach > ENDPOINTS_MAX) {
            throw new IllegalArgumentException(services + " x " + endpointsEach + " does not fit the address plan");
        }
    }

    /** Reads what {@link #arguments} wrote. */
    public static ClusterSize parse(String services, String endpointsEach) {
        return new ClusterSize(Integer.parseInt(services), Integer.parseInt(endpointsEach));
    }

    /** The command line arguments that name this size. */
    public List<String> arguments() {
        return List.of(Integer.toString(services), Integer.toString(endpointsEach));
    }

    @Override
    public String toString() {
        return services + " x " + endpointsEach;
    }
}
