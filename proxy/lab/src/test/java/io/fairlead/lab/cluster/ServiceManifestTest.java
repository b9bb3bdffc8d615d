package io.fairlead.lab.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.Topology;
import io.fairlead.lab.traffic.Transport;
import org.junit.jupiter.api.Test;

class ServiceManifestTest {

    private static final Topology TOPOLOGY = Topology.of(1, 1);
    private static final ServiceManifest PLAIN =
            ServiceManifest.of("web", DualStack.of("172.30.0.10", "fd00:172:30::10"), 80, Transport.HTTP);

    @Test
    void serviceAndBothSlicesAreOneFile() {
        String yaml = PLAIN.nodePort(30080)
                .loadBalancer(DualStack.of("198.51.100.10", "2001:db8:198::10"))
                .localOnly(true)
                .endpoints(TOPOLOGY.pods())
                .yaml(TOPOLOGY);
        assertEquals("""
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: default}
                spec:
                  type: LoadBalancer
                  clusterIP: 172.30.0.10
                  clusterIPs: [172.30.0.10, "fd00:172:30::10"]
                  ipFamilies: [IPv4, IPv6]
                  ipFamilyPolicy: RequireDualStack
                  ports:
                  - {name: http, protocol: TCP, port: 80, targetPort: 8080, nodePort: 30080}
                  externalTrafficPolicy: Local
                status:
                  loadBalancer:
                    ingress:
                    - ip: 198.51.100.10
                    - ip: "2001:db8:198::10"
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: web-ipv4
                  namespace: default
                  labels: {kubernetes.io/service-name: web}
                addressType: IPv4
                ports: [{name: http, protocol: TCP, port: 8080}]
                endpoints:
                - {addresses: ["10.180.1.11"], nodeName: node-1}  # pod-1-1
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: web-ipv6
                  namespace: default
                  labels: {kubernetes.io/service-name: web}
                addressType: IPv6
                ports: [{name: http, protocol: TCP, port: 8080}]
                endpoints:
                - {addresses: ["fd00:10:180:1::11"], nodeName: node-1}  # pod-1-1
                """, yaml);
    }

    @Test
    void withoutEndpointsTheListIsEmptyAndNotMissing() {
        assertTrue(PLAIN.yaml(TOPOLOGY).contains("endpoints: []\n"), PLAIN.yaml(TOPOLOGY));
    }
}
