package io.fairlead.cluster.model;

import java.util.List;

/**
 * A Service. For a node's data plane headless and ExternalName Services and those handed to another proxy by label never
 * become one.
 *
 * <p>Immutable.
 *
 * @param clusterIps {@code spec.clusterIPs}, at most one per family; empty when there is nothing to route
 * @param externalIps {@code spec.externalIPs}
 * @param loadBalancerIps {@code status.loadBalancer.ingress} addresses with {@code ipMode} unset or VIP
 * @param loadBalancerSourceRanges who may reach {@code loadBalancerIps}; empty means everybody
 * @param affinityTimeoutSeconds ClientIP affinity in seconds, 0 for none
 * @param healthCheckNodePort 0 when there is none
 * @param proxyFacts {@link ProxyFacts#NONE} unless the source reads for a proxy
 */
public record Service(
        ObjectName name,
        ServiceType type,
        List<IpAddress> clusterIps,
        List<ServicePort> ports,
        TrafficPolicy internalTrafficPolicy,
        TrafficPolicy externalTrafficPolicy,
        List<IpAddress> externalIps,
        List<IpAddress> loadBalancerIps,
        List<IpPrefix> loadBalancerSourceRanges,
        int affinityTimeoutSeconds,
        int healthCheckNodePort,
        ProxyFacts proxyFacts)
        implements ClusterObject {

    public Service {
        clusterIps = List.copyOf(clusterIps);
        ports = List.copyOf(ports);
        externalIps = List.copyOf(externalIps);
        loadBalancerIps = List.copyOf(loadBalancerIps);
        loadBalancerSourceRanges = List.copyOf(loadBalancerSourceRanges);
    }

    /** One of which a node's data plane knows all it needs. */
    public Service(
            ObjectName name,
            ServiceType type,
            List<IpAddress> clusterIps,
            List<ServicePort> ports,
            TrafficPolicy internalTrafficPolicy,
            TrafficPolicy externalTrafficPolicy,
            List<IpAddress> externalIps,
            List<IpAddress> loadBalancerIps,
            List<IpPrefix> loadBalancerSourceRanges,
            int affinityTimeoutSeconds,
            int healthCheckNodePort) {
        this(
                name,
                type,
                clusterIps,
                ports,
                internalTrafficPolicy,
                externalTrafficPolicy,
                externalIps,
                loadBalancerIps,
                loadBalancerSourceRanges,
                affinityTimeoutSeconds,
                healthCheckNodePort,
                ProxyFacts.NONE);
    }

    @Override
    public ClusterKind kind() {
        return ClusterKind.SERVICE;
    }

    @Override
    public ObjectName objectName() {
        return name;
    }
}
