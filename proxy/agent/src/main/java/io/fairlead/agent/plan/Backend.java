package io.fairlead.agent.plan;

import io.fairlead.cluster.model.IpAddress;

/**
 * An endpoint that was chosen for a frontend.
 *
 * <p>Ordered by address and port. Immutable.
 *
 * @param where it runs
 */
public record Backend(IpAddress address, int port, Where where) implements Comparable<Backend> {

    /**
     * Where a backend runs, as its slice says.
     *
     * <p>Immutable.
     */
    public enum Where {
        THIS_NODE("this node"),
        ANOTHER_NODE("another node"),
        /** The slice names no node: never local for a policy, but it may well be here. */
        UNKNOWN("unknown");

        private final String label;

        Where(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    /** Whether it is known to run on this node. */
    public boolean local() {
        return where == Where.THIS_NODE;
    }

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
