package io.fairlead.cluster.source.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.Endpoint;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.ProxyFacts;
import io.fairlead.cluster.model.Service;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What a proxy learns of Services and slices, and a node does not.
 *
 * <p>Confined to the test thread.
 */
final class ProxyAudienceTest {

    private static final String META = "metadata: {name: web, namespace: shop, labels: {%s}}\n";

    private static Optional<ClusterObject> decode(Audience audience, ClusterKind kind, String yaml) {
        ObjectDecoder decoder = new ObjectDecoder(audience, Map.of());
        Field object = Field.root(Manifests.tree(yaml));
        return decoder.decode(kind, decoder.name(kind, object), object);
    }

    private static Service service(String labels, String spec) {
        String yaml = META.formatted(labels) + "spec: " + spec;
        assertTrue(decode(Audience.NODE, ClusterKind.SERVICE, yaml).isEmpty(), "a node learned of it: " + yaml);
        return (Service) decode(Audience.PROXY, ClusterKind.SERVICE, yaml).orElseThrow();
    }

    @Test
    void servicesWithoutAnAddressAndOfOtherProxiesAreThere() {
        Service headless = service("", "{clusterIP: None, ports: [{port: 80}]}");
        assertEquals(List.of(), headless.clusterIps());
        assertEquals(80, headless.ports().getFirst().port());
        service("service.kubernetes.io/service-proxy-name: mesh", "{clusterIP: 172.30.0.1, ports: [{port: 80}]}");
        Service external = service("", "{type: ExternalName, externalName: db.example.com.}");
        assertEquals("db.example.com.", external.proxyFacts().externalName());
    }

    @Test
    void applicationProtocolsAreThose() {
        String yaml = META.formatted("") + """
                spec:
                  clusterIP: 172.30.0.1
                  ports:
                  - {name: a, port: 80, appProtocol: kubernetes.io/h2c}
                  - {name: b, port: 81}
                  - {name: c, port: 80, protocol: UDP, appProtocol: dns}
                """;
        Service known =
                (Service) decode(Audience.PROXY, ClusterKind.SERVICE, yaml).orElseThrow();
        assertEquals(Map.of(80, "kubernetes.io/h2c"), known.proxyFacts().appProtocols());
        Service plain =
                (Service) decode(Audience.NODE, ClusterKind.SERVICE, yaml).orElseThrow();
        assertEquals(ProxyFacts.NONE, plain.proxyFacts());
    }

    @Test
    void slicesOfHeadlessServicesAreThereWithWhatTheyReferTo() {
        String yaml = """
                metadata:
                  name: web-1
                  labels: {kubernetes.io/service-name: web, service.kubernetes.io/headless: ""}
                addressType: IPv4
                endpoints:
                - {addresses: [10.0.0.1], targetRef: {kind: Pod, name: a}}
                - {addresses: [127.0.0.1], targetRef: {kind: VirtualMachine, name: b}}
                - {addresses: [10.0.0.3]}
                """;
        assertTrue(decode(Audience.NODE, ClusterKind.ENDPOINT_SLICE, yaml).isEmpty());
        EndpointSlice slice = (EndpointSlice)
                decode(Audience.PROXY, ClusterKind.ENDPOINT_SLICE, yaml).orElseThrow();
        assertEquals(
                List.of(true, false, false),
                slice.endpoints().stream().map(Endpoint::pod).toList());
    }
}
