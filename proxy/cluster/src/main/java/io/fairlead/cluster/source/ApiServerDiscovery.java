package io.fairlead.cluster.source;

import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.SnapshotSubscriber;
import io.fairlead.cluster.api.ApiServers;
import io.fairlead.cluster.model.Endpoint;
import io.fairlead.cluster.model.EndpointPort;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Service;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Learns the addresses of the API servers from the Service that they keep for themselves, {@code default/kubernetes}: a
 * program that routes Services asks them directly, and another one when one is away.
 *
 * <p>Confined to the cluster store's thread.
 */
public final class ApiServerDiscovery implements SnapshotSubscriber {

    private static final ObjectName SERVICE = new ObjectName("default", "kubernetes");
    private static final Set<String> NAMES = Set.of(
            "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local");

    private final ApiServers servers;

    public ApiServerDiscovery(ApiServers servers) {
        this.servers = servers;
    }

    @Override
    public void onSnapshot(ClusterDelta delta, ClusterSnapshot snapshot) {
        Service service = snapshot.services().get(SERVICE);
        if (service == null || !delta.services().contains(SERVICE)) {
            return;
        }
        Set<String> routed = new HashSet<>(NAMES);
        service.clusterIps().forEach(address -> routed.add(address.toString()));
        Set<String> found = new TreeSet<>();
        for (EndpointSlice slice : snapshot.slicesOf(SERVICE)) {
            for (EndpointPort port : slice.ports()) {
                slice.endpoints().stream()
                        .filter(Endpoint::ready)
                        .forEach(endpoint -> found.add(url(endpoint.address(), port.port())));
            }
        }
        servers.learn(List.copyOf(found), routed);
    }

    private static String url(IpAddress address, int port) {
        return "https://" + (address.family() == IpFamily.IPV6 ? "[" + address + "]" : address.toString()) + ":" + port;
    }
}
