package io.fairlead.lab.kube;

import io.fairlead.lab.topology.Host;

/**
 * A Pod that runs, as a host from which to ask.
 *
 * <p>Immutable; {@link #close} lets go of its network namespace.
 *
 * @param node the name of the node that it is on
 */
public record KubePod(String node, Host host) implements AutoCloseable {

    public String name() {
        return host.name();
    }

    @Override
    public void close() {
        host.namespace().close();
    }
}
