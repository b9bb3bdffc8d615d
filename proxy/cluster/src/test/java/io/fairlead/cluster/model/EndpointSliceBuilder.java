package io.fairlead.cluster.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A slice for a test: IPv4, one unnamed port 8080/TCP.
 *
 * <p>Confined to the test's thread.
 */
public final class EndpointSliceBuilder {

    private final ObjectName name;
    private final ObjectName service;
    private IpFamily family = IpFamily.IPV4;
    private final List<Endpoint> endpoints = new ArrayList<>();

    private EndpointSliceBuilder(String name, String service) {
        this.name = new ObjectName("default", name);
        this.service = new ObjectName("default", service);
    }

    public static EndpointSliceBuilder slice(String name, String service) {
        return new EndpointSliceBuilder(name, service);
    }

    public EndpointSliceBuilder family(IpFamily family) {
        this.family = family;
        return this;
    }

    public EndpointSliceBuilder endpoint(Endpoint endpoint) {
        endpoints.add(endpoint);
        return this;
    }

    public EndpointSliceBuilder endpoints(String... addresses) {
        for (String address : addresses) {
            endpoint(EndpointBuilder.endpoint(address).build());
        }
        return this;
    }

    public EndpointSlice build() {
        return new EndpointSlice(name, service, family, endpoints, List.of(new EndpointPort("", Protocol.TCP, 8080)));
    }
}
