package io.fairlead.ingress.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.translate.Cluster;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which addresses are published, and which replica is the last. */
final class AddressSourceTest {

    private static final ObjectName OWN = new ObjectName("system", "ingress");

    private final Cluster cluster = new Cluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    private List<String> addresses(AddressSource source) {
        return source.addresses(cluster.moment().snapshot());
    }

    @Test
    void whatIsGivenIsInOrderAndOnce() {
        assertEquals(
                List.of("192.0.2.1", "192.0.2.9", "lb.example.net"),
                addresses(new AddressSource.Given(List.of("lb.example.net", "192.0.2.9", "192.0.2.1", "192.0.2.9"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{clusterIPs: [172.30.0.1, 'fd00::1']}                              | {} | 172.30.0.1 fd00::1",
                "{type: NodePort, clusterIPs: [172.30.0.1]}                         | {} | 172.30.0.1",
                "{type: NodePort, clusterIPs: [172.30.0.1], externalIPs: [192.0.2.7]} | {} | 192.0.2.7",
                "{type: LoadBalancer, clusterIPs: [172.30.0.1]}                     | {} | ''",
                "{type: LoadBalancer, clusterIPs: [172.30.0.1], externalIPs: [192.0.2.7]} | {loadBalancer: {ingress: [{ip: 192.0.2.8, ipMode: Proxy}, {hostname: lb.example.net}]}} | 192.0.2.7 192.0.2.8 lb.example.net",
                "{type: ExternalName, externalName: lb.example.net}                 | {} | lb.example.net",
            })
    void serviceIsReadByItsType(String spec, String status, String expected) {
        cluster.apply("""
                apiVersion: v1
                kind: Service
                metadata: {namespace: system, name: ingress}
                spec: %s
                status: %s
                """.formatted(spec, status));
        assertEquals(expected, String.join(" ", addresses(new AddressSource.OfService(OWN))));
    }

    @Test
    void missingServiceHasNone() {
        assertEquals(List.of(), addresses(new AddressSource.OfService(OWN)));
        assertEquals(List.of(), addresses(new AddressSource.NodesOf(OWN)));
    }

    /** @param endpoints each as {@code address node conditions} */
    private void slice(String... endpoints) {
        cluster.apply("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {namespace: system, name: ingress-1, labels: {kubernetes.io/service-name: ingress}}
                addressType: IPv4
                ports: [{port: 80}]
                endpoints: [%s]
                """.formatted(Arrays.stream(endpoints)
                .map(text -> text.split(" ", 3))
                .map(words -> "{addresses: [%s], nodeName: %s, conditions: {%s}}".formatted((Object[]) words))
                .collect(Collectors.joining(", "))));
    }

    private void node(String name, String addresses) {
        cluster.apply("""
                apiVersion: v1
                kind: Node
                metadata: {name: %s}
                status: {addresses: [%s]}
                """.formatted(name, addresses));
    }

    @Test
    void nodesOfReadyEndpointsArePublishedTheirExternalAddressesFirst() {
        node("a", "{type: InternalIP, address: 10.0.0.1}, {type: ExternalIP, address: 192.0.2.1}");
        node("b", "{type: InternalIP, address: 10.0.0.2}, {type: InternalIP, address: 'fd00::2'}");
        node("c", "{type: InternalIP, address: 10.0.0.3}");
        slice("10.1.0.1 a ready: true", "10.1.0.2 b ready: true", "10.1.0.3 c ready: false", "10.1.0.4 b ready: true");
        assertEquals(List.of("10.0.0.2", "192.0.2.1", "fd00::2"), addresses(new AddressSource.NodesOf(OWN)));
        slice("10.1.0.1 gone ready: true");
        assertEquals(List.of(), addresses(new AddressSource.NodesOf(OWN)));
    }

    private boolean isLast() {
        Set<IpAddress> own = Set.of(IpAddress.parse("10.1.0.1"), IpAddress.parse("127.0.0.1"));
        return IngressStatus.isLast(cluster.moment().snapshot(), OWN, own);
    }

    @Test
    void replicaIsTheLastWhenNoOtherOneStays() {
        String ending = "terminating: true, ready: false";
        assertEquals(false, isLast(), "nobody knows");
        slice("10.1.0.1 a ready: true");
        assertEquals(true, isLast(), "alone");
        slice("10.1.0.1 a " + ending);
        assertEquals(true, isLast(), "alone and ending");
        slice("10.1.0.1 a " + ending, "10.1.0.2 b " + ending);
        assertEquals(true, isLast(), "all end");
        slice("10.1.0.1 a ready: true", "10.1.0.2 b ready: true");
        assertEquals(false, isLast(), "another one serves");
        slice("10.1.0.1 a " + ending, "10.1.0.2 b ready: false");
        assertEquals(false, isLast(), "another one starts");
        slice("10.1.0.1 a " + ending, "10.1.0.1 a ready: false");
        assertEquals(false, isLast(), "its successor starts on the same node");
        slice("10.1.0.1 a ready: true", "10.1.0.1 a ready: true");
        assertEquals(false, isLast(), "its successor serves on the same node");
        slice("10.1.0.9 a ready: true");
        assertEquals(false, isLast(), "the Service is not that of this replica");
        slice("10.1.0.9 a " + ending);
        assertEquals(false, isLast(), "the Service is not that of this replica, and ends");
    }
}
