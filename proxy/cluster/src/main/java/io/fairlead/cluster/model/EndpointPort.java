package io.fairlead.cluster.model;

/**
 * One port of an EndpointSlice; one without a number is dropped when the slice is decoded.
 *
 * <p>Immutable.
 *
 * @param name empty for an unnamed port
 * @param port 1..65535
 */
public record EndpointPort(String name, Protocol protocol, int port) {}
