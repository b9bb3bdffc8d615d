package io.fairlead.agent.plan;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * What a packet must be sent to in order to reach a frontend.
 *
 * <p>Immutable.
 *
 * @param address the unspecified address of its family stands for every NodePort address of this node
 */
public record FrontendKey(IpAddress address, int port, Protocol protocol) {

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof FrontendKey that
                        && port == that.port
                        && protocol == that.protocol
                        && address.equals(that.address);
    }

    /** Hot path: a record's own method goes through method handles, which cost dearly before they are compiled. */
    @Override
    public int hashCode() {
        return (address.hashCode() * 31 + port) * 31 + protocol.number();
    }

    @Override
    public String toString() {
        return (address.isUnspecified() ? "node:" + port : Addresses.withPort(address, port)) + "/"
                + protocol.lowerName();
    }
}
