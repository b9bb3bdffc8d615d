package io.fairlead.agent.config;

/**
 * How local pods are told from other clients, kube-proxy's {@code detectLocalMode}.
 *
 * <p>Immutable.
 */
public enum LocalMode {
    CLUSTER_CIDR("ClusterCIDR"),
    NODE_CIDR("NodeCIDR"),
    BRIDGE_INTERFACE("BridgeInterface"),
    INTERFACE_NAME_PREFIX("InterfaceNamePrefix");

    private final String label;

    LocalMode(String label) {
        this.label = label;
    }

    /** kube-proxy's spelling. */
    @Override
    public String toString() {
        return label;
    }
}
