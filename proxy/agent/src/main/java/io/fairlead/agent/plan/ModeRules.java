package io.fairlead.agent.plan;

/**
 * What kube-proxy's modes, and so ours, do differently from each other with the first packet of a connection.
 *
 * <p>Immutable.
 */
public enum ModeRules {
    NFTABLES(true, false, false),
    IPTABLES(false, true, true);

    private final boolean guardsClusterIps;
    private final boolean rejectsBeforeSources;
    private final boolean nodePortsEverywhere;

    ModeRules(boolean guardsClusterIps, boolean rejectsBeforeSources, boolean nodePortsEverywhere) {
        this.guardsClusterIps = guardsClusterIps;
        this.rejectsBeforeSources = rejectsBeforeSources;
        this.nodePortsEverywhere = nodePortsEverywhere;
    }

    /** Whether what is addressed to a ClusterIP, but to no port of it, is refused, and free ones of ServiceCIDRs too. */
    public boolean guardsClusterIps() {
        return guardsClusterIps;
    }

    /** Whether a frontend without endpoints rejects clients too that its source ranges do not allow. */
    public boolean rejectsBeforeSources() {
        return rejectsBeforeSources;
    }

    /** Whether NodePorts are on all addresses of the node as long as nobody says where. */
    public boolean nodePortsEverywhere() {
        return nodePortsEverywhere;
    }
}
