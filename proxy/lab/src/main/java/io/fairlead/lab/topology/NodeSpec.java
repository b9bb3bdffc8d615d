package io.fairlead.lab.topology;

import java.util.List;

/**
 * A node as planned.
 *
 * <p>Immutable.
 *
 * @param podRange where its pods' addresses are from
 * @param gateway the node's address that its pods see as their router
 */
public record NodeSpec(HostSpec host, Range podRange, DualStack gateway, List<HostSpec> pods) {
    public NodeSpec {
        pods = List.copyOf(pods);
    }

    public String name() {
        return host.name();
    }
}
