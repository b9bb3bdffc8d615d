package io.fairlead.cluster.model;

import java.util.List;

/**
 * An EndpointSlice of one family that belongs to a Service. FQDN slices and slices without the
 * {@code kubernetes.io/service-name} label never become one.
 *
 * <p>Immutable.
 *
 * @param service the Service that it belongs to
 * @param endpoints held in columns: a few bytes each, and {@code get} makes a fresh {@link Endpoint}
 */
public record EndpointSlice(
        ObjectName name, ObjectName service, IpFamily family, List<Endpoint> endpoints, List<EndpointPort> ports)
        implements ClusterObject {

    public EndpointSlice {
        endpoints = PackedEndpoints.copyOf(family, endpoints);
        ports = List.copyOf(ports);
    }

    @Override
    public ClusterKind kind() {
        return ClusterKind.ENDPOINT_SLICE;
    }

    @Override
    public ObjectName objectName() {
        return name;
    }
}
