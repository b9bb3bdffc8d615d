package io.fairlead.cluster.model;

import java.util.List;

/**
 * An EndpointSlice of one family that belongs to a Service. FQDN slices and slices without the
 * {@code kubernetes.io/service-name} label never become one.
 *
 * <p>Immutable.
 *
 * @param service the Service that it belongs to
 */
public record EndpointSlice(
        ObjectName name, ObjectName service, IpFamily family, List<Endpoint> endpoints, List<EndpointPort> ports) {

    public EndpointSlice {
        endpoints = List.copyOf(endpoints);
        ports = List.copyOf(ports);
    }
}
