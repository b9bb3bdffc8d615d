package io.fairlead.cluster.model;

import java.util.List;

/**
 * One endpoint of an EndpointSlice: its first address and the conditions, with the API's defaults already applied
 * (ready when unset; serving as ready; not terminating).
 *
 * <p>Immutable. Sources share equal {@code nodeName}, {@code zoneHints} and {@code nodeHints} values between
 * endpoints.
 *
 * @param nodeName empty when unknown
 * @param zoneHints {@code hints.forZones}, empty when absent
 * @param nodeHints {@code hints.forNodes}, empty when absent
 * @param pod whether {@code targetRef} says that it is a Pod; false unless the source reads for a proxy
 */
public record Endpoint(
        IpAddress address,
        boolean ready,
        boolean serving,
        boolean terminating,
        String nodeName,
        List<String> zoneHints,
        List<String> nodeHints,
        boolean pod) {

    /** One of which a node's data plane knows all it needs. */
    public Endpoint(
            IpAddress address,
            boolean ready,
            boolean serving,
            boolean terminating,
            String nodeName,
            List<String> zoneHints,
            List<String> nodeHints) {
        this(address, ready, serving, terminating, nodeName, zoneHints, nodeHints, false);
    }
}
