package io.fairlead.cluster.model;

/**
 * One entry of {@code spec.ports} of a Service.
 *
 * <p>Immutable.
 *
 * @param name empty for an unnamed port
 * @param port 1..65535
 * @param nodePort 0 when there is none
 */
public record ServicePort(String name, Protocol protocol, int port, int nodePort) {}
