package io.fairlead.cluster.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterProbe;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.KubernetesAccess;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The addresses of API servers come from the objects that these publish of themselves.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class ApiServerDiscoveryTest {

    @Test
    void whoCameThroughTheServiceGoesOnDirectly() {
        try (FakeApiServer api = new FakeApiServer();
                ClusterProbe probe = new ClusterProbe()) {
            api.put(FakeApiServer.SERVICES, """
                    {"metadata": {"name": "kubernetes", "namespace": "default"},
                     "spec": {"clusterIP": "172.30.0.1", "clusterIPs": ["172.30.0.1", "fd00:172:30::1"],
                       "ports": [{"name": "https", "port": 443, "targetPort": 6443}]}}
                    """);
            api.put(FakeApiServer.SLICES, """
                    {"metadata": {"name": "kubernetes", "namespace": "default",
                       "labels": {"kubernetes.io/service-name": "kubernetes"}},
                     "addressType": "IPv4", "ports": [{"name": "https", "port": 6443}],
                     "endpoints": [{"addresses": ["192.0.2.1"], "conditions": {"ready": true}},
                       {"addresses": ["192.0.2.2"], "conditions": {"ready": false}}]}
                    """);
            api.put(FakeApiServer.SLICES, """
                    {"metadata": {"name": "kubernetes-v6", "namespace": "default",
                       "labels": {"kubernetes.io/service-name": "kubernetes"}},
                     "addressType": "IPv6", "ports": [{"name": "https", "port": 6443}],
                     "endpoints": [{"addresses": ["2001:db8::1"], "conditions": {"ready": true}}]}
                    """);
            try (ApiConnection connection = new ApiConnection(KubernetesAccess.plain(List.of(api.url())));
                    KubernetesSource source =
                            new KubernetesSource(connection, SourceScope.ofNode("n1"), probe.sink())) {
                source.start();
                ClusterSnapshot snapshot = probe.awaitServices("kubernetes");
                KubernetesAccess access = KubernetesAccess.plain(List.of("https://[fd00:172:30::1]:443"));
                new ApiServerDiscovery(access.servers()).onSnapshot(ClusterDelta.fromEmpty(snapshot), snapshot);
                assertEquals("https://192.0.2.1:6443", access.servers().current());
                assertEquals(2, access.servers().count());
            }
        }
    }
}
