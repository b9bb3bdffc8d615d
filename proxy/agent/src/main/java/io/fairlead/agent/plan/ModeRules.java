package io.fairlead.agent.plan;

import java.util.EnumSet;
import java.util.Set;

/**
 * What kube-proxy's modes, and so ours, do differently from each other with the first packet of a connection.
 *
 * <p>Immutable.
 */
public enum ModeRules {
    NFTABLES(EnumSet.of(Trait.GUARDS_CLUSTER_IPS, Trait.SERVES_LOOPBACK)),
    IPTABLES(EnumSet.of(Trait.REJECTS_BEFORE_SOURCES, Trait.NODE_PORTS_EVERYWHERE, Trait.SERVES_LOOPBACK)),
    IPVS(EnumSet.of(
            Trait.GUARDS_CLUSTER_IPS, Trait.NODE_PORTS_EVERYWHERE, Trait.BINDS_ADDRESSES, Trait.ONE_LIST_PER_FRONTEND));

    private enum Trait {
        GUARDS_CLUSTER_IPS,
        REJECTS_BEFORE_SOURCES,
        NODE_PORTS_EVERYWHERE,
        SERVES_LOOPBACK,
        BINDS_ADDRESSES,
        ONE_LIST_PER_FRONTEND
    }

    @SuppressWarnings("ImmutableEnumChecker") // nobody changes it
    private final Set<Trait> traits;

    ModeRules(EnumSet<Trait> traits) {
        this.traits = traits;
    }

    /** Whether what is addressed to a ClusterIP, but to no port of it, is refused, and free ones of ServiceCIDRs too. */
    public boolean guardsClusterIps() {
        return traits.contains(Trait.GUARDS_CLUSTER_IPS);
    }

    /** Whether a frontend without endpoints rejects clients too that its source ranges do not allow. */
    public boolean rejectsBeforeSources() {
        return traits.contains(Trait.REJECTS_BEFORE_SOURCES);
    }

    /** Whether NodePorts are on all addresses of the node as long as nobody says where. */
    public boolean nodePortsEverywhere() {
        return traits.contains(Trait.NODE_PORTS_EVERYWHERE);
    }

    /** Whether the kernel can serve NodePorts on 127.0.0.1. */
    public boolean servesLoopback() {
        return traits.contains(Trait.SERVES_LOOPBACK);
    }

    /** Whether the node has all virtual addresses itself, so that their other ports must be kept from its processes. */
    public boolean bindsAddresses() {
        return traits.contains(Trait.BINDS_ADDRESSES);
    }

    /** Whether a frontend sends all of its clients to the same backends, whoever they are. */
    public boolean oneListPerFrontend() {
        return traits.contains(Trait.ONE_LIST_PER_FRONTEND);
    }
}
