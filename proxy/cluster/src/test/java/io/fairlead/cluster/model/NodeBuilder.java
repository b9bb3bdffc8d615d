package io.fairlead.cluster.model;

import java.util.List;

/**
 * A Node for a test: InternalIP 192.168.0.2, pod range 10.180.0.0/24.
 *
 * <p>Confined to the test's thread.
 */
public final class NodeBuilder {

    private final String name;
    private String zone = "";

    private NodeBuilder(String name) {
        this.name = name;
    }

    public static NodeBuilder node(String name) {
        return new NodeBuilder(name);
    }

    public NodeBuilder zone(String zone) {
        this.zone = zone;
        return this;
    }

    public Node build() {
        return new Node(
                name,
                List.of(IpAddress.parse("192.168.0.2")),
                List.of(),
                List.of(IpPrefix.parse("10.180.0.0/24")),
                zone,
                false,
                false);
    }
}
