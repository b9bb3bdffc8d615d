package io.fairlead.agent.plan;

import io.fairlead.cluster.model.Endpoint;
import io.fairlead.cluster.model.EndpointPort;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.model.ServicePort;
import io.fairlead.cluster.model.ServiceType;
import io.fairlead.cluster.model.TrafficPolicy;
import java.util.ArrayList;
import java.util.List;

/**
 * Small clusters for tests, in the address plan of src/test/README.md.
 *
 * <p>Thread-safe: pure functions.
 */
public final class Plans {

    public static final NodeFacts NODE = new NodeFacts(
            "node-1",
            "zone-a",
            List.of(IpAddress.parse("192.168.0.1"), IpAddress.parse("fd00:c0a8::1")),
            new LocalPods.BySource(List.of(IpPrefix.parse("10.0.0.0/8"), IpPrefix.parse("fd00:10::/32"))),
            false,
            true);

    public static final NodeSettings SETTINGS = new NodeSettings(
            List.of(IpAddress.parse("127.0.0.1"), IpAddress.parse("192.168.0.1"), IpAddress.parse("fd00:c0a8::1")),
            NODE.localPods(),
            0x4000,
            List.of(IpPrefix.parse("172.30.0.0/16"), IpPrefix.parse("fd00:172:30::/112")));

    private Plans() {}

    /** A Service with one port 80 named http, to be changed by the caller. */
    public static ServiceBuilder service(String name, String... clusterIps) {
        return new ServiceBuilder(name, clusterIps);
    }

    /** A slice of ready endpoints on port 8080, written {@code address@node}. */
    public static EndpointSlice slice(Service service, String... endpoints) {
        List<Endpoint> list = new ArrayList<>();
        for (String endpoint : endpoints) {
            String[] parts = endpoint.split("@", 2);
            list.add(endpoint(parts[0], true, true, false, parts[1]));
        }
        return slice(service, list);
    }

    public static EndpointSlice slice(Service service, List<Endpoint> endpoints) {
        IpFamily family = endpoints.isEmpty()
                ? IpFamily.IPV4
                : endpoints.getFirst().address().family();
        List<EndpointPort> ports = service.ports().stream()
                .map(port -> new EndpointPort(port.name(), port.protocol(), 8080))
                .toList();
        String name = service.name().name() + "-" + (family == IpFamily.IPV4 ? "v4" : "v6");
        return new EndpointSlice(new ObjectName("default", name), service.name(), family, endpoints, ports);
    }

    public static Endpoint endpoint(String address, boolean ready, boolean serving, boolean terminating, String node) {
        return new Endpoint(IpAddress.parse(address), ready, serving, terminating, node, List.of(), List.of());
    }

    /** Collects the fields of a Service; what is not set is as the API server defaults it. */
    public static final class ServiceBuilder {

        private final ObjectName name;
        private final List<IpAddress> clusterIps = new ArrayList<>();
        private final List<ServicePort> ports = new ArrayList<>();
        private final List<IpAddress> externalIps = new ArrayList<>();
        private final List<IpAddress> loadBalancerIps = new ArrayList<>();
        private final List<IpPrefix> ranges = new ArrayList<>();
        private ServiceType type = ServiceType.CLUSTER_IP;
        private TrafficPolicy internal = TrafficPolicy.CLUSTER;
        private TrafficPolicy external = TrafficPolicy.CLUSTER;
        private int affinity;
        private int healthCheckNodePort;

        private ServiceBuilder(String name, String... clusterIps) {
            this.name = new ObjectName("default", name);
            for (String address : clusterIps) {
                this.clusterIps.add(IpAddress.parse(address));
            }
        }

        public ServiceBuilder port(String portName, Protocol protocol, int port, int nodePort) {
            ports.add(new ServicePort(portName, protocol, port, nodePort));
            return this;
        }

        public ServiceBuilder nodePort(int nodePort) {
            type = ServiceType.NODE_PORT;
            return port("http", Protocol.TCP, 80, nodePort);
        }

        public ServiceBuilder loadBalancer(String... addresses) {
            type = ServiceType.LOAD_BALANCER;
            for (String address : addresses) {
                loadBalancerIps.add(IpAddress.parse(address));
            }
            return this;
        }

        public ServiceBuilder externalIp(String address) {
            externalIps.add(IpAddress.parse(address));
            return this;
        }

        public ServiceBuilder sourceRange(String range) {
            ranges.add(IpPrefix.parse(range));
            return this;
        }

        public ServiceBuilder internalLocal() {
            internal = TrafficPolicy.LOCAL;
            return this;
        }

        public ServiceBuilder externalLocal() {
            external = TrafficPolicy.LOCAL;
            return this;
        }

        public ServiceBuilder affinity(int seconds) {
            affinity = seconds;
            return this;
        }

        public ServiceBuilder healthCheck(int nodePort) {
            healthCheckNodePort = nodePort;
            return this;
        }

        public Service build() {
            List<ServicePort> all = ports.isEmpty() ? List.of(new ServicePort("http", Protocol.TCP, 80, 0)) : ports;
            return new Service(
                    name,
                    type,
                    clusterIps,
                    all,
                    internal,
                    external,
                    externalIps,
                    loadBalancerIps,
                    ranges,
                    affinity,
                    healthCheckNodePort);
        }
    }
}
