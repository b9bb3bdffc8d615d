package io.fairlead.agent.plan;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import java.util.Comparator;

/**
 * Identity of a Service port: EndpointSlice ports match it by name and protocol, never by number.
 *
 * <p>Immutable.
 *
 * @param port name of the port, empty for an unnamed one
 */
public record ServicePortName(ObjectName service, String port, Protocol protocol)
        implements Comparable<ServicePortName> {

    private static final Comparator<ServicePortName> ORDER = Comparator.comparing(ServicePortName::service)
            .thenComparing(ServicePortName::port)
            .thenComparing(ServicePortName::protocol);

    @Override
    public int compareTo(ServicePortName other) {
        return ORDER.compare(this, other);
    }

    /** {@code namespace/name:port/tcp}; an unnamed port is left out. */
    @Override
    public String toString() {
        return service + (port.isEmpty() ? "" : ":" + port) + "/" + protocol.lowerName();
    }
}
