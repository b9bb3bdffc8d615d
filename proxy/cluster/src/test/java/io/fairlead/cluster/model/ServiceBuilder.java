package io.fairlead.cluster.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A Service for a test: ClusterIP 172.30.0.41, port 80/TCP, both policies Cluster.
 *
 * <p>Confined to the test's thread.
 */
public final class ServiceBuilder {

    private final ObjectName name;
    private ServiceType type = ServiceType.CLUSTER_IP;
    private List<IpAddress> clusterIps = List.of(IpAddress.parse("172.30.0.41"));
    private final List<ServicePort> ports = new ArrayList<>();
    private TrafficPolicy externalTrafficPolicy = TrafficPolicy.CLUSTER;
    private int affinityTimeoutSeconds;

    private ServiceBuilder(String name) {
        this.name = new ObjectName("default", name);
    }

    public static ServiceBuilder service(String name) {
        return new ServiceBuilder(name);
    }

    public ServiceBuilder clusterIp(String address) {
        clusterIps = List.of(IpAddress.parse(address));
        return this;
    }

    public ServiceBuilder type(ServiceType type) {
        this.type = type;
        return this;
    }

    public ServiceBuilder port(int port) {
        ports.add(new ServicePort(ports.isEmpty() ? "" : "p" + port, Protocol.TCP, port, 0));
        return this;
    }

    public ServiceBuilder affinityTimeoutSeconds(int seconds) {
        affinityTimeoutSeconds = seconds;
        return this;
    }

    public ServiceBuilder externalTrafficPolicy(TrafficPolicy policy) {
        externalTrafficPolicy = policy;
        return this;
    }

    public Service build() {
        return new Service(
                name,
                type,
                clusterIps,
                ports.isEmpty() ? List.of(new ServicePort("", Protocol.TCP, 80, 0)) : ports,
                TrafficPolicy.CLUSTER,
                externalTrafficPolicy,
                List.of(),
                List.of(),
                List.of(),
                affinityTimeoutSeconds,
                0);
    }
}
