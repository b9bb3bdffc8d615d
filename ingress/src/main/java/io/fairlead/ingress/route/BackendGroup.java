package io.fairlead.ingress.route;

import io.fairlead.cluster.model.ObjectName;

/**
 * The name of a set of endpoints: those of one port of a Service. Who they are changes without the route.
 *
 * <p>Immutable.
 *
 * @param port the Service's port number; a rule's port name was looked up before
 */
public record BackendGroup(ObjectName service, int port) {

    public BackendGroup {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("service " + service + ": port " + port + " is not within 1 to 65535");
        }
    }

    /** {@code namespace/name:port}. */
    @Override
    public String toString() {
        return service + ":" + port;
    }
}
