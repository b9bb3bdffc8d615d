package io.fairlead.cluster.source.decode;

import static io.fairlead.cluster.model.EndpointBuilder.endpoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.Endpoint;
import io.fairlead.cluster.model.EndpointPort;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Node;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.ServiceCidr;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** EndpointSlice, Node and ServiceCIDR. */
final class OtherDecodersTest {

    private static final String SLICE_HEAD =
            "metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}\n";

    private static EndpointSlice slice(String rest) {
        return (EndpointSlice)
                Manifests.decode(ClusterKind.ENDPOINT_SLICE, SLICE_HEAD + rest).orElseThrow();
    }

    private static Node node(String yaml) {
        return (Node) Manifests.decode(ClusterKind.NODE, yaml).orElseThrow();
    }

    @Test
    void readsASlice() {
        EndpointSlice slice = slice("""
                addressType: IPv6
                ports: [{name: http, port: 8080}, {name: dns, port: 53, protocol: UDP}]
                endpoints:
                - addresses: ["fd00::1", "fd00::99"]
                  nodeName: n1
                  zone: a
                  hints: {forZones: [{name: a}, {name: b}], forNodes: [{name: n1}]}
                  targetRef: {kind: Pod, name: web-x}
                """);
        assertEquals(
                new EndpointSlice(
                        new ObjectName("shop", "web-1"),
                        new ObjectName("shop", "web"),
                        IpFamily.IPV6,
                        List.of(endpoint("fd00::1")
                                .node("n1")
                                .zoneHints("a", "b")
                                .nodeHints("n1")
                                .build()),
                        List.of(
                                new EndpointPort("http", Protocol.TCP, 8080),
                                new EndpointPort("dns", Protocol.UDP, 53))),
                slice);
    }

    /** Row 9: ready nil is true; serving nil is ready; terminating nil is false. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {} | true | true | false
            null | true | true | false
            {ready: true} | true | true | false
            {ready: false} | false | false | false
            {ready: false, serving: true} | false | true | false
            {ready: true, serving: false} | true | false | false
            {ready: false, serving: true, terminating: true} | false | true | true
            {terminating: true} | true | true | true
            """)
    void appliesTheDefaultsOfConditions(String conditions, boolean ready, boolean serving, boolean terminating) {
        Endpoint endpoint = slice(
                        "addressType: IPv4\nendpoints: [{addresses: [10.180.0.1], conditions: " + conditions + "}]")
                .endpoints()
                .getFirst();
        assertEquals(
                new Endpoint(IpAddress.parse("10.180.0.1"), ready, serving, terminating, "", List.of(), List.of()),
                endpoint);
    }

    @Test
    void leavesOutWhatContributesNothing() {
        EndpointSlice slice = slice("""
                addressType: IPv4
                ports: [{name: a}, {name: b, port: 0}, {name: c, port: null}, {name: d, port: 80}]
                endpoints: [{addresses: []}, {conditions: {}}, {addresses: [10.180.00.001]}]
                """);
        assertEquals(List.of(new EndpointPort("d", Protocol.TCP, 80)), slice.ports());
        assertEquals(List.of(endpoint("10.180.0.1").build()), slice.endpoints());
        assertEquals(
                List.of(),
                slice("addressType: IPv4\nendpoints: null\nports: null").endpoints());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metadata: {name: s}\naddressType: IPv4",
                "metadata: {name: s, labels: {kubernetes.io/service-name: ''}}\naddressType: IPv4",
                "metadata: {name: s, labels: {kubernetes.io/service-name: web, service.kubernetes.io/headless: ''}}\n"
                        + "addressType: IPv4",
                "metadata: {name: s, labels: {kubernetes.io/service-name: web}}\naddressType: FQDN\n"
                        + "endpoints: [{addresses: [example.org]}]"
            })
    void nothingToRoute(String yaml) {
        assertTrue(Manifests.decode(ClusterKind.ENDPOINT_SLICE, yaml).isEmpty(), yaml);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            addressType: IPX | addressType: 'IPX' is none of IPv4, IPv6, FQDN
            endpoints: [] | addressType: is missing
            {addressType: IPv4, endpoints: [{addresses: ["fd00::1"]}]} | endpoints[0].addresses[0]: fd00::1 does not fit the slice's addressType
            {addressType: IPv4, endpoints: [{addresses: [10.0.0.1]}, {addresses: [10.0.0.300]}]} | endpoints[1].addresses[0]: '10.0.0.300' is not an IP address
            {addressType: IPv4, endpoints: [{addresses: [127.0.0.1]}]} | endpoints[0].addresses[0]: 127.0.0.1 cannot be the address of an endpoint
            {addressType: IPv4, endpoints: [{addresses: [169.254.169.254]}]} | endpoints[0].addresses[0]: 169.254.169.254 cannot be the address of an endpoint
            {addressType: IPv4, endpoints: [{addresses: [null]}]} | endpoints[0].addresses[0]: is missing: expected an IP address
            {addressType: IPv4, endpoints: [{addresses: [10.0.0.1], conditions: {ready: "yes"}}]} | endpoints[0].conditions.ready: expected true or false, found the string 'yes'
            {addressType: IPv4, endpoints: [{addresses: [10.0.0.1], nodeName: 7}]} | endpoints[0].nodeName: expected a string, found the number 7
            {addressType: IPv4, ports: [{port: 65536}]} | ports[0].port: 65536 is not a port (0..65535)
            {addressType: IPv4, ports: [{port: 80, protocol: tcp}]} | ports[0].protocol: 'tcp' is none of TCP, UDP, SCTP
            """)
    void saysWhichFieldOfASliceIsWrong(String rest, String reason) {
        String yaml = rest.startsWith("{")
                ? "{metadata: {name: s, labels: {kubernetes.io/service-name: web}}, " + rest.substring(1)
                : SLICE_HEAD + rest;
        InvalidInput e = assertThrows(InvalidInput.class, () -> Manifests.decode(ClusterKind.ENDPOINT_SLICE, yaml));
        assertEquals(reason, e.getMessage());
    }

    @Test
    void boundsTheNumberOfEndpoints() {
        String thousand = "{addresses: [10.180.0.1]},".repeat(1000);
        assertEquals(
                1000,
                slice("addressType: IPv4\nendpoints: [" + thousand + "]")
                        .endpoints()
                        .size());
        InvalidInput e = assertThrows(
                InvalidInput.class,
                () -> slice("addressType: IPv4\nendpoints: [" + thousand + "{addresses: [10.180.0.1]}]"));
        assertEquals("endpoints: has 1001 entries; the limit is 1000", e.getMessage());
    }

    @Test
    void sharesEqualTextsAndLists() {
        ObjectDecoder decoder = new ObjectDecoder(Audience.NODE, Map.of());
        Field object = Field.root(Manifests.tree(SLICE_HEAD + """
                addressType: IPv4
                ports: [{name: http, port: 80}]
                endpoints:
                - {addresses: [10.180.0.1], nodeName: n1, hints: {forZones: [{name: a}]}}
                - {addresses: [10.180.0.2], nodeName: n1, hints: {forZones: [{name: a}]}}
                """));
        ObjectName name = decoder.name(ClusterKind.ENDPOINT_SLICE, object);
        EndpointSlice first = (EndpointSlice)
                decoder.decode(ClusterKind.ENDPOINT_SLICE, name, object).orElseThrow();
        EndpointSlice second = (EndpointSlice)
                decoder.decode(ClusterKind.ENDPOINT_SLICE, name, object).orElseThrow();
        assertSame(first.ports(), second.ports());
        assertSame(
                first.endpoints().get(0).nodeName(), second.endpoints().get(1).nodeName());
        assertSame(
                first.endpoints().get(0).zoneHints(), second.endpoints().get(1).zoneHints());
    }

    @Test
    void readsANode() {
        Node node = node("""
                metadata:
                  name: n1
                  deletionTimestamp: "2026-01-01T00:00:00Z"
                  labels: {topology.kubernetes.io/zone: a}
                spec:
                  podCIDRs: [10.180.0.0/24, "fd00:180::/64"]
                  taints: [{key: other}, {key: ToBeDeletedByClusterAutoscaler, effect: NoSchedule}]
                status:
                  addresses:
                  - {type: Hostname, address: n1}
                  - {type: InternalIP, address: 192.168.0.2}
                  - {type: InternalIP, address: "fd00::2"}
                  - {type: InternalIP, address: not-an-address}
                  - {type: ExternalIP, address: 203.0.113.2}
                """);
        assertEquals(
                new Node(
                        "n1",
                        List.of(IpAddress.parse("192.168.0.2"), IpAddress.parse("fd00::2")),
                        List.of(IpAddress.parse("203.0.113.2")),
                        List.of(IpPrefix.parse("10.180.0.0/24"), IpPrefix.parse("fd00:180::/64")),
                        "a",
                        true,
                        true),
                node);
        assertEquals(
                List.of(IpPrefix.parse("10.180.1.0/24")),
                node("metadata: {name: n2}\nspec: {podCIDR: 10.180.1.0/24}").podCidrs());
        assertEquals(new Node("n3", List.of(), List.of(), List.of(), "", false, false), node("metadata: {name: n3}"));
    }

    @Test
    void readsAServiceCidr() {
        assertEquals(
                new ServiceCidr(
                        "kubernetes", List.of(IpPrefix.parse("172.30.0.0/16"), IpPrefix.parse("fd00:30::/112"))),
                Manifests.decode(
                                ClusterKind.SERVICE_CIDR,
                                "metadata: {name: kubernetes}\nspec: {cidrs: [172.30.0.0/16, 'fd00:30::/112']}")
                        .orElseThrow());
    }
}
