package io.fairlead.agent.plan;

/**
 * Where the address of a frontend comes from. The order is that of precedence when two claim the same address and
 * port: what the cluster's control plane gave out wins over what a user wrote, so that an {@code externalIPs} entry
 * can never take over another Service's traffic (CVE-2020-8554).
 *
 * <p>Immutable.
 */
public enum FrontendKind {
    CLUSTER_IP("ClusterIP"),
    LOAD_BALANCER("LoadBalancer"),
    EXTERNAL_IP("externalIP"),
    NODE_PORT("NodePort");

    private final String text;

    FrontendKind(String text) {
        this.text = text;
    }

    /** Whether {@code externalTrafficPolicy} rules it. */
    public boolean external() {
        return this != CLUSTER_IP;
    }

    @Override
    public String toString() {
        return text;
    }
}
