package io.fairlead.agent.ipvsreport;

/**
 * What a difference is about.
 *
 * <p>Immutable.
 */
public enum Topic {
    /** Addresses that the node has no longer. */
    ADDRESSES("addresses"),
    /** Which endpoint a new connection gets. */
    SCHEDULER("scheduler"),
    /** Shares that somebody gave to endpoints. */
    WEIGHTS("weights"),
    /** How long a client keeps its endpoint. */
    AFFINITY("affinity"),
    /** Whom externalTrafficPolicy Local leads where. */
    TRAFFIC_POLICY("traffic-policy"),
    /** Where NodePorts answer. */
    NODE_PORTS("node-ports"),
    /** ARP for addresses of Services. */
    STRICT_ARP("strict-arp"),
    /** When a silent connection is forgotten. */
    TIMEOUTS("time-outs"),
    /** Processes that use addresses of Services as the node's own. */
    SOCKETS("sockets"),
    /** What IPVS has, and the cluster does not explain. */
    VIRTUAL_SERVERS("virtual-servers"),
    /** What IPVS carries now. */
    CONNECTIONS("connections");

    private final String text;

    Topic(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
