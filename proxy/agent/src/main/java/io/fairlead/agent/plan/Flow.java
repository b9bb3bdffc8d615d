package io.fairlead.agent.plan;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Protocol;

/**
 * A new connection as this node sees it.
 *
 * <p>Immutable.
 *
 * @param arrival interface that its first packet arrives on, empty if the node itself sends it
 */
public record Flow(IpAddress source, String arrival, IpAddress destination, int port, Protocol protocol) {

    /** Whether the node itself opens the connection. */
    public boolean fromNode() {
        return arrival.isEmpty();
    }

    @Override
    public String toString() {
        return source + " -> " + Addresses.withPort(destination, port) + "/" + protocol.lowerName();
    }
}
