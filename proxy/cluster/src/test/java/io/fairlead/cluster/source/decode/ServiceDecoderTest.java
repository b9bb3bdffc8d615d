package io.fairlead.cluster.source.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.model.ServicePort;
import io.fairlead.cluster.model.ServiceType;
import io.fairlead.cluster.model.TrafficPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ServiceDecoderTest {

    private static String yaml(String spec) {
        return "metadata: {name: web}\nspec: {clusterIP: 172.30.0.41, " + spec + "}\n";
    }

    private static Service decode(String yaml) {
        return (Service) Manifests.decode(ClusterKind.SERVICE, yaml).orElseThrow();
    }

    private static void assertNothing(String yaml) {
        assertTrue(Manifests.decode(ClusterKind.SERVICE, yaml).isEmpty(), yaml);
    }

    @Test
    void readsEverythingThatRoutingNeeds() {
        Service service = decode("""
                metadata: {name: web, namespace: shop, labels: {app: web}, resourceVersion: "7"}
                spec:
                  type: LoadBalancer
                  clusterIP: 172.30.0.41
                  clusterIPs: [172.30.0.41, "fd00:30::41"]
                  ports:
                  - {name: http, port: 80, targetPort: 8080, nodePort: 30080}
                  - {name: dns, port: 53, protocol: UDP, appProtocol: dns}
                  - {name: sctp, port: 99, protocol: SCTP}
                  internalTrafficPolicy: Local
                  externalTrafficPolicy: Local
                  externalIPs: [192.168.99.22]
                  loadBalancerSourceRanges: [203.0.113.0/25, " 2001:db8::/32 "]
                  sessionAffinity: ClientIP
                  sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}
                  healthCheckNodePort: 31000
                  somethingNew: [1, 2]
                status:
                  loadBalancer: {ingress: [{ip: 1.2.3.4, ipMode: VIP}, {ip: "2001:db8::4"}]}
                """);
        assertEquals(
                new Service(
                        new ObjectName("shop", "web"),
                        ServiceType.LOAD_BALANCER,
                        List.of(IpAddress.parse("172.30.0.41"), IpAddress.parse("fd00:30::41")),
                        List.of(
                                new ServicePort("http", Protocol.TCP, 80, 30080),
                                new ServicePort("dns", Protocol.UDP, 53, 0),
                                new ServicePort("sctp", Protocol.SCTP, 99, 0)),
                        TrafficPolicy.LOCAL,
                        TrafficPolicy.LOCAL,
                        List.of(IpAddress.parse("192.168.99.22")),
                        List.of(IpAddress.parse("1.2.3.4"), IpAddress.parse("2001:db8::4")),
                        List.of(IpPrefix.parse("203.0.113.0/25"), IpPrefix.parse("2001:db8::/32")),
                        60,
                        31000),
                service);
    }

    @Test
    void appliesTheDefaultsOfTheApi() {
        Service service = decode(yaml("ports: [{port: 80}]"));
        assertEquals(new ObjectName("default", "web"), service.name());
        assertEquals(ServiceType.CLUSTER_IP, service.type());
        assertEquals(List.of(new ServicePort("", Protocol.TCP, 80, 0)), service.ports());
        assertEquals(TrafficPolicy.CLUSTER, service.internalTrafficPolicy());
        assertEquals(TrafficPolicy.CLUSTER, service.externalTrafficPolicy());
        assertEquals(0, service.affinityTimeoutSeconds());
        assertEquals(10800, decode(yaml("sessionAffinity: ClientIP")).affinityTimeoutSeconds());
        assertEquals(
                0,
                decode(yaml("sessionAffinity: None, sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}}"))
                        .affinityTimeoutSeconds());
        assertEquals(List.of(), decode(yaml("ports: null")).ports());
    }

    /** Rows 1 and 6 of the behaviours: such a Service counts as deleted, whatever else it says. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "metadata: {name: web, labels: {service.kubernetes.io/service-proxy-name: other}}\n"
                        + "spec: {clusterIP: 172.30.0.41}",
                "metadata: {name: web, labels: {service.kubernetes.io/service-proxy-name: ''}}\n"
                        + "spec: {clusterIP: 172.30.0.41, ports: bad}",
                "metadata: {name: web}\nspec: {type: ExternalName, externalName: example.org, ports: [{port: 0}]}",
                "metadata: {name: web}\nspec: {clusterIP: None, ports: [{port: 80}]}",
                "metadata: {name: web}\nspec: {clusterIPs: [None]}",
                "metadata: {name: web}\nspec: {clusterIP: ''}",
                "metadata: {name: web}\nspec: {ports: [{port: 80}]}",
                "metadata: {name: web}"
            })
    void nothingToRoute(String yaml) {
        assertNothing(yaml);
    }

    @Test
    void readsSloppyAddressesAsDecimal() {
        Service service = decode("""
                metadata: {name: web}
                spec:
                  clusterIP: 172.30.0.041
                  externalIPs: [192.168.099.022, 192.168.99.22]
                  loadBalancerSourceRanges: [" 203.0.113.000/025 ", 203.0.113.0/25]
                status: {loadBalancer: {ingress: [{ip: 1.2.3.004}, {ip: 1.2.3.4}]}}
                """);
        assertEquals(List.of(IpAddress.parse("172.30.0.41")), service.clusterIps());
        assertEquals(List.of(IpAddress.parse("192.168.99.22")), service.externalIps());
        assertEquals(List.of(IpAddress.parse("1.2.3.4")), service.loadBalancerIps());
        assertEquals(List.of(IpPrefix.parse("203.0.113.0/25")), service.loadBalancerSourceRanges());
    }

    @Test
    void dropsEntriesOfAFamilyThatTheServiceDoesNotHave() {
        Service service = decode("""
                metadata: {name: web}
                spec:
                  clusterIP: 172.30.0.41
                  externalIPs: ["2001:db8::1", 192.168.99.22]
                  loadBalancerSourceRanges: ["2001:db8::/32"]
                status: {loadBalancer: {ingress: [{ip: "2001:db8::4"}, {ip: 1.2.3.4}]}}
                """);
        assertEquals(List.of(IpAddress.parse("192.168.99.22")), service.externalIps());
        assertEquals(List.of(IpAddress.parse("1.2.3.4")), service.loadBalancerIps());
        assertEquals(List.of(), service.loadBalancerSourceRanges());
    }

    @Test
    void takesOnlyIngressAddressesThatAreToBeCaptured() {
        Service service = decode("""
                metadata: {name: web}
                spec: {clusterIP: 172.30.0.41}
                status:
                  loadBalancer:
                    ingress: [{ip: 1.2.3.4, ipMode: Proxy}, {hostname: lb.example.org}, {ip: 1.2.3.5, ipMode: VIP}, {}]
                """);
        assertEquals(List.of(IpAddress.parse("1.2.3.5")), service.loadBalancerIps());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ports: [{port: 80}, {name: b, port: 70000}] | spec.ports[1].port: 70000 is not a port (1..65535)
            ports: [{port: 0}] | spec.ports[0].port: 0 is not a port (1..65535)
            ports: [{name: a}] | spec.ports[0].port: is missing
            ports: [{port: "80"}] | spec.ports[0].port: expected a port (1..65535), found the string '80'
            ports: [{port: 80.5}] | spec.ports[0].port: expected a port (1..65535), found the number '80.5'
            ports: [{port: 99999999999999999999}] | spec.ports[0].port: expected a port (1..65535), found the number '99999999999999999999'
            ports: [{port: 80, nodePort: 65536}] | spec.ports[0].nodePort: 65536 is not a port (0..65535)
            ports: [{port: 80, nodePort: -1}] | spec.ports[0].nodePort: -1 is not a port (0..65535)
            ports: [{port: 80, protocol: ICMP}] | spec.ports[0].protocol: 'ICMP' is none of TCP, UDP, SCTP
            ports: [{port: 80, name: 8080}] | spec.ports[0].name: expected a string, found the number 8080
            ports: [{port: 80, name: 'a b'}] | spec.ports[0].name: 'a b' is not a name (lower case letters, digits, '-' and '.')
            ports: {port: 80} | spec.ports: expected a list, found a mapping
            ports: [80] | spec.ports[0]: expected a mapping, found the number 80
            ports: [{port: 80}, {port: 81}] | spec.ports[1]: a second port named '' for TCP
            ports: [{port: 80}, {port: 80, name: b}] | spec.ports[1]: port 80/TCP is there twice
            ports: [{port: 80, nodePort: 30000}, {port: 81, name: b, nodePort: 30000}] | spec.ports[1]: nodePort 30000/TCP is there twice
            type: Balancer | spec.type: 'Balancer' is none of ClusterIP, NodePort, LoadBalancer, ExternalName
            internalTrafficPolicy: Maybe | spec.internalTrafficPolicy: 'Maybe' is none of Cluster, Local
            externalTrafficPolicy: [Local] | spec.externalTrafficPolicy: expected a string, found a list
            sessionAffinity: Cookie | spec.sessionAffinity: 'Cookie' is none of None, ClientIP
            sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 0}} | spec.sessionAffinityConfig.clientIP.timeoutSeconds: 0 is not a number of seconds (1..86400)
            sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 86401}} | spec.sessionAffinityConfig.clientIP.timeoutSeconds: 86401 is not a number of seconds (1..86400)
            healthCheckNodePort: 70000 | spec.healthCheckNodePort: 70000 is not a port (0..65535)
            externalIPs: [nowhere] | spec.externalIPs[0]: 'nowhere' is not an IP address
            externalIPs: [127.0.0.1] | spec.externalIPs[0]: 127.0.0.1 cannot be the address of a Service
            externalIPs: [169.254.169.254] | spec.externalIPs[0]: 169.254.169.254 is link-local
            externalIPs: 1.2.3.4 | spec.externalIPs: expected a list, found the string '1.2.3.4'
            loadBalancerSourceRanges: [10.0.0.0] | spec.loadBalancerSourceRanges[0]: '10.0.0.0' is not a CIDR
            clusterIPs: [172.30.0.41, 172.30.0.42] | spec.clusterIPs[1]: 172.30.0.42 is a second address of its family beside 172.30.0.41
            clusterIPs: [0.0.0.0] | spec.clusterIPs[0]: 0.0.0.0 cannot be the address of a Service
            clusterIPs: [true] | spec.clusterIPs[0]: expected a string, found true
            """)
    void saysWhichFieldIsWrong(String spec, String reason) {
        InvalidInput e = assertThrows(InvalidInput.class, () -> Manifests.decode(ClusterKind.SERVICE, yaml(spec)));
        assertEquals(reason, e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            spec: {} | metadata.name: is missing
            metadata: [] | metadata: expected a mapping, found a list
            metadata: {name: Web} | metadata.name: 'Web' is not a name (lower case letters, digits, '-' and '.')
            metadata: {name: ../web} | metadata.name: '../web' is not a name (lower case letters, digits, '-' and '.')
            metadata: {name: 'we\\tb'} | metadata.name: 'we\\tb' is not a name (lower case letters, digits, '-' and '.')
            metadata: {name: "we\\nb"} | metadata.name: 'we?b' is not a name (lower case letters, digits, '-' and '.')
            metadata: {name: web, namespace: -x} | metadata.namespace: '-x' is not a name (lower case letters, digits, '-' and '.')
            {metadata: {name: web}, spec: 5} | spec: expected a mapping, found the number 5
            [] | object: expected a mapping, found a list
            """)
    void saysWhatIsWrongWithTheObject(String yaml, String reason) {
        InvalidInput e = assertThrows(InvalidInput.class, () -> Manifests.decode(ClusterKind.SERVICE, yaml));
        assertEquals(reason, e.getMessage());
    }

    @Test
    void boundsLengthsAndShortensThemInMessages() {
        String huge = "x".repeat(1 << 20);
        InvalidInput name = assertThrows(
                InvalidInput.class, () -> Manifests.decode(ClusterKind.SERVICE, "metadata: {name: " + huge + "}"));
        assertEquals("metadata.name: has 1048576 characters; the limit is 253", name.getMessage());
        InvalidInput address =
                assertThrows(InvalidInput.class, () -> decode(yaml("externalIPs: ['" + "1".repeat(200) + "']")));
        assertTrue(String.valueOf(address.getMessage()).length() < 150, address.getMessage());
        InvalidInput ports =
                assertThrows(InvalidInput.class, () -> decode(yaml("ports: [" + "{port: 1},".repeat(20_001) + "]")));
        assertEquals("spec.ports: has 20001 entries; the limit is 20000", ports.getMessage());
    }

    @Test
    void takesThousandsOfPorts() {
        StringBuilder ports = new StringBuilder();
        for (int port = 1; port <= 10_000; port++) {
            ports.append("{name: p")
                    .append(port)
                    .append(", port: ")
                    .append(port)
                    .append("},");
        }
        assertEquals(10_000, decode(yaml("ports: [" + ports + "]")).ports().size());
    }
}
