package io.fairlead.bench.process;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.Endpoint;
import io.fairlead.cluster.model.EndpointPort;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Ipv4Address;
import io.fairlead.cluster.model.Node;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.model.ServiceCidr;
import io.fairlead.cluster.model.ServicePort;
import io.fairlead.cluster.model.ServiceType;
import io.fairlead.cluster.model.TrafficPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A cluster made of equal Services. Service {@code i} has ClusterIP 172.30.0.0 + 1 + i, port 80; endpoint {@code j} of
 * it has address 10.1.0.0 + i × endpoints + j, port 8080. This node is node-0 of a hundred.
 *
 * <p>Immutable.
 */
public record SyntheticCluster(ClusterSize size) {

    public static final String NODE = "node-0";
    public static final String POD_RANGE = "10.0.0.0/8";
    public static final String SERVICE_RANGE = "172.30.0.0/16";
    public static final int PORT = 80;
    public static final int TARGET_PORT = 8080;

    private static final int FIRST_CLUSTER_IP = 0xac1e_0001;
    private static final int FIRST_ENDPOINT = 0x0a01_0000;
    /** Of these a Service can put its own: they belong to no other endpoint. */
    private static final int FIRST_SPARE = 0x0af0_0000;

    private static final int NODES = 100;
    /** As Kubernetes cuts slices. */
    private static final int SLICE_ENDPOINTS_MAX = 100;

    private static final List<String> NODE_NAMES = nodeNames();

    private static List<String> nodeNames() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            names.add("node-" + i);
        }
        return List.copyOf(names);
    }

    /** Everything that a source says before it is in sync. */
    public void forEach(Consumer<ClusterObject> consumer) {
        IpAddress nodeAddress = IpAddress.parse("192.168.0.1");
        List<IpPrefix> podRange = List.of(IpPrefix.parse("10.1.0.0/24"));
        consumer.accept(new Node(NODE, List.of(nodeAddress), List.of(), podRange, "zone-a", false, false));
        consumer.accept(new ServiceCidr("kubernetes", List.of(IpPrefix.parse(SERVICE_RANGE))));
        for (int i = 0; i < size.services(); i++) {
            consumer.accept(service(i));
            for (int from = 0; from < size.endpointsEach(); from += SLICE_ENDPOINTS_MAX) {
                consumer.accept(slice(i, from, endpoints(i, from)));
            }
        }
    }

    public static Ipv4Address clusterIp(int service) {
        return new Ipv4Address(FIRST_CLUSTER_IP + service);
    }

    public Ipv4Address endpointAddress(int service, int endpoint) {
        return new Ipv4Address(FIRST_ENDPOINT + service * size.endpointsEach() + endpoint);
    }

    /** Where the first endpoint of a Service can go, besides where it is. */
    static Ipv4Address spareAddress(int service) {
        return new Ipv4Address(FIRST_SPARE + service);
    }

    /** The first slice of a Service with its first endpoint at another address, or back where it was. */
    public ClusterChange moveEndpoint(int service, boolean away) {
        List<Endpoint> endpoints = endpoints(service, 0);
        Ipv4Address address = away ? spareAddress(service) : endpointAddress(service, 0);
        endpoints.set(0, endpoint(address, nodeOf(service, 0), true));
        return new ClusterChange.Upsert(slice(service, 0, endpoints));
    }

    /** The first slice of a Service with its first endpoint not ready, or ready again. */
    public ClusterChange setReady(int service, boolean ready) {
        List<Endpoint> endpoints = endpoints(service, 0);
        endpoints.set(0, endpoint(endpointAddress(service, 0), nodeOf(service, 0), ready));
        return new ClusterChange.Upsert(slice(service, 0, endpoints));
    }

    static ObjectName serviceName(int service) {
        return new ObjectName("namespace-" + service % 50, "service-" + service);
    }

    private static Service service(int i) {
        return new Service(
                serviceName(i),
                ServiceType.CLUSTER_IP,
                List.of(clusterIp(i)),
                List.of(new ServicePort("http", Protocol.TCP, PORT, 0)),
                TrafficPolicy.CLUSTER,
                TrafficPolicy.CLUSTER,
                List.of(),
                List.of(),
                List.of(),
                0,
                0);
    }

    private List<Endpoint> endpoints(int service, int from) {
        int to = Math.min(size.endpointsEach(), from + SLICE_ENDPOINTS_MAX);
        List<Endpoint> endpoints = new ArrayList<>(to - from);
        for (int j = from; j < to; j++) {
            endpoints.add(endpoint(endpointAddress(service, j), nodeOf(service, j), true));
        }
        return endpoints;
    }

    private static String nodeOf(int service, int endpoint) {
        return NODE_NAMES.get((service + endpoint) % NODES);
    }

    private static Endpoint endpoint(IpAddress address, String node, boolean ready) {
        return new Endpoint(address, ready, ready, false, node, List.of(), List.of());
    }

    private static EndpointSlice slice(int service, int from, List<Endpoint> endpoints) {
        ObjectName owner = serviceName(service);
        ObjectName name = new ObjectName(owner.namespace(), owner.name() + "-" + from / SLICE_ENDPOINTS_MAX);
        List<EndpointPort> ports = List.of(new EndpointPort("http", Protocol.TCP, TARGET_PORT));
        return new EndpointSlice(name, owner, IpFamily.IPV4, endpoints, ports);
    }
}
