package io.fairlead.agent.plan;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import java.util.List;
import java.util.Optional;

/**
 * What planning a Service needs to know about this node. A change of it plans every Service again.
 *
 * <p>Immutable.
 *
 * @param name of the Node object
 * @param zone empty when the node has none
 * @param primaryAddresses first InternalIP of each family, IPv4 first
 * @param localPods how pods are told from other clients
 * @param masqueradeAll whether ClusterIP traffic is always masqueraded
 * @param externalIps whether {@code spec.externalIPs} is honoured
 * @param rules of the mode
 */
public record NodeFacts(
        String name,
        String zone,
        List<IpAddress> primaryAddresses,
        LocalPods localPods,
        boolean masqueradeAll,
        boolean externalIps,
        ModeRules rules) {

    public NodeFacts {
        primaryAddresses = List.copyOf(primaryAddresses);
    }

    /** Those of mode nftables. */
    public NodeFacts(
            String name,
            String zone,
            List<IpAddress> primaryAddresses,
            LocalPods localPods,
            boolean masqueradeAll,
            boolean externalIps) {
        this(name, zone, primaryAddresses, localPods, masqueradeAll, externalIps, ModeRules.NFTABLES);
    }

    /** The node's primary address of a family. */
    public Optional<IpAddress> primaryAddress(IpFamily family) {
        return primaryAddresses.stream()
                .filter(address -> address.family() == family)
                .findFirst();
    }
}
