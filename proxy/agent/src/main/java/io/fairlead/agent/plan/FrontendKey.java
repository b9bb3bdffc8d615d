package io.fairlead.agent.plan;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Protocol;

/**
 * What a packet must be sent to in order to reach a frontend.
 *
 * <p>Immutable.
 *
 * @param address the unspecified address of its family stands for every NodePort address of this node
 */
public record FrontendKey(IpAddress address, int port, Protocol protocol) {

    @Override
    public String toString() {
        return (address.isUnspecified() ? "node:" + port : Addresses.withPort(address, port)) + "/"
                + protocol.lowerName();
    }
}
