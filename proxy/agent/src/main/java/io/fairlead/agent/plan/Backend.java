package io.fairlead.agent.plan;

import io.fairlead.cluster.model.IpAddress;

/**
 * An endpoint that was chosen for a frontend.
 *
 * <p>Ordered by address and port. Immutable.
 *
 * @param local whether it runs on this node
 */
public record Backend(IpAddress address, int port, boolean local) implements Comparable<Backend> {

    @Override
    public int compareTo(Backend other) {
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : Integer.compare(port, other.port);
    }

    @Override
    public String toString() {
        return Addresses.withPort(address, port);
    }
}
