package io.fairlead.cluster.model;

import java.util.List;

/**
 * An endpoint for a test: ready, on no known node, without hints.
 *
 * <p>Confined to the test's thread.
 */
public final class EndpointBuilder {

    private final IpAddress address;
    private boolean ready = true;
    private boolean serving = true;
    private boolean terminating;
    private String nodeName = "";
    private List<String> zoneHints = List.of();
    private List<String> nodeHints = List.of();

    private EndpointBuilder(IpAddress address) {
        this.address = address;
    }

    public static EndpointBuilder endpoint(String address) {
        return new EndpointBuilder(IpAddress.parse(address));
    }

    public EndpointBuilder notReady() {
        ready = false;
        serving = false;
        return this;
    }

    public EndpointBuilder terminating(boolean stillServing) {
        ready = false;
        serving = stillServing;
        terminating = true;
        return this;
    }

    public EndpointBuilder node(String name) {
        nodeName = name;
        return this;
    }

    public EndpointBuilder zoneHints(String... zones) {
        zoneHints = List.of(zones);
        return this;
    }

    public EndpointBuilder nodeHints(String... nodes) {
        nodeHints = List.of(nodes);
        return this;
    }

    public Endpoint build() {
        return new Endpoint(address, ready, serving, terminating, nodeName, zoneHints, nodeHints);
    }
}
