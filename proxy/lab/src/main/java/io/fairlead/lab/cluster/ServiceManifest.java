package io.fairlead.lab.cluster;

import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.topology.Topology;
import io.fairlead.lab.traffic.Transport;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * A Service of one port with its EndpointSlices, both families, as a file that a person can read and edit.
 *
 * <p>Immutable.
 *
 * @param nodePort 0 if it has none
 * @param loadBalancers addresses that a load balancer gave; with any the Service is of type LoadBalancer
 * @param localOnly externalTrafficPolicy Local
 */
public record ServiceManifest(
        String name,
        DualStack clusterAddress,
        int port,
        Transport transport,
        int nodePort,
        List<DualStack> loadBalancers,
        boolean localOnly,
        List<HostSpec> endpoints) {

    public ServiceManifest {
        loadBalancers = List.copyOf(loadBalancers);
        endpoints = List.copyOf(endpoints);
    }

    /** A ClusterIP Service without endpoints. */
    public static ServiceManifest of(String name, DualStack clusterAddress, int port, Transport transport) {
        return new ServiceManifest(name, clusterAddress, port, transport, 0, List.of(), false, List.of());
    }

    public ServiceManifest nodePort(int number) {
        return new ServiceManifest(name, clusterAddress, port, transport, number, loadBalancers, localOnly, endpoints);
    }

    public ServiceManifest loadBalancer(DualStack address) {
        return new ServiceManifest(
                name, clusterAddress, port, transport, nodePort, List.of(address), localOnly, endpoints);
    }

    /** From outside, only endpoints of the node that the client came to, and its address is kept. */
    public ServiceManifest localOnly(boolean local) {
        return new ServiceManifest(name, clusterAddress, port, transport, nodePort, loadBalancers, local, endpoints);
    }

    public ServiceManifest endpoints(List<HostSpec> pods) {
        return new ServiceManifest(name, clusterAddress, port, transport, nodePort, loadBalancers, localOnly, pods);
    }

    /** As users of the command line write it. */
    public String fullName() {
        return "default/" + name;
    }

    String yaml(Topology topology) {
        return service() + "---\n" + slice4(topology) + "---\n" + slice6(topology);
    }

    /** The EndpointSlice of IPv4, called {@code NAME-ipv4}. */
    public String slice4(Topology topology) {
        return slice(topology, "IPv4", DualStack::v4);
    }

    /** The EndpointSlice of IPv6, called {@code NAME-ipv6}. */
    public String slice6(Topology topology) {
        return slice(topology, "IPv6", DualStack::v6);
    }

    /** The Service object. */
    public String service() {
        String type = !loadBalancers.isEmpty() ? "LoadBalancer" : nodePort > 0 ? "NodePort" : "ClusterIP";
        StringBuilder text = new StringBuilder("""
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: default}
                spec:
                  type: %s
                  clusterIP: %s
                  clusterIPs: [%s, "%s"]
                  ipFamilies: [IPv4, IPv6]
                  ipFamilyPolicy: RequireDualStack
                  ports:
                  - {name: %s, protocol: %s, port: %d, targetPort: %d%s}
                """.formatted(
                        name,
                        type,
                        clusterAddress.text4(),
                        clusterAddress.text4(),
                        clusterAddress.text6(),
                        portName(),
                        transport.protocol(),
                        port,
                        transport.podPort(),
                        nodePort > 0 ? ", nodePort: " + nodePort : ""));
        if (localOnly) {
            text.append("  externalTrafficPolicy: Local\n");
        }
        if (!loadBalancers.isEmpty()) {
            text.append("status:\n  loadBalancer:\n    ingress:\n");
            for (DualStack address : loadBalancers) {
                text.append("    - ip: ").append(address.text4()).append('\n');
                text.append("    - ip: \"").append(address.text6()).append("\"\n");
            }
        }
        return text.toString();
    }

    private String slice(Topology topology, String family, Function<DualStack, InetAddress> address) {
        StringBuilder text = new StringBuilder("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: %s-%s
                  namespace: default
                  labels: {kubernetes.io/service-name: %s}
                addressType: %s
                ports: [{name: %s, protocol: %s, port: %d}]
                endpoints:%s
                """.formatted(
                        name,
                        family.toLowerCase(Locale.ROOT),
                        name,
                        family,
                        portName(),
                        transport.protocol(),
                        transport.podPort(),
                        endpoints.isEmpty() ? " []" : ""));
        for (HostSpec pod : endpoints) {
            text.append("- {addresses: [\"")
                    .append(DualStack.text(address.apply(pod.addresses())))
                    .append("\"], nodeName: ")
                    .append(topology.nodeOf(pod).name())
                    .append("}  # ")
                    .append(pod.name())
                    .append('\n');
        }
        return text.toString();
    }

    private String portName() {
        return transport.name().toLowerCase(Locale.ROOT);
    }
}
