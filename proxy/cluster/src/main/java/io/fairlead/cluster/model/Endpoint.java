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
 */
public record Endpoint(
        IpAddress address,
        boolean ready,
        boolean serving,
        boolean terminating,
        String nodeName,
        List<String> zoneHints,
        List<String> nodeHints) {}
