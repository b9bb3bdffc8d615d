package io.fairlead.kernel.ipvs;

/**
 * A real server as it was read, with the connections that it had then.
 *
 * <p>Immutable.
 *
 * @param activeConnections that are established; UDP has none
 * @param inactiveConnections of which the kernel remembers something: beginning, ending, or of UDP
 * @param persistentConnections clients that keep to it
 */
public record RealServerStatus(
        RealServer server, int activeConnections, int inactiveConnections, int persistentConnections) {

    /** Whether nothing is lost when it is deleted. Clients that keep to it without a connection do not count. */
    public boolean isDrained() {
        return activeConnections == 0 && inactiveConnections == 0;
    }
}
