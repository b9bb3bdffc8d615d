package io.fairlead.agent.plan;

import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.model.ServicePort;
import io.fairlead.cluster.model.ServiceType;
import io.fairlead.cluster.model.TrafficPolicy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The decision procedure: a Service, its EndpointSlices and facts about the node become a plan.
 *
 * <p>In the order in which a packet meets them: source ranges (LoadBalancer addresses only), reject without usable
 * endpoints, ClusterIP by {@code internalTrafficPolicy}, external addresses by {@code externalTrafficPolicy}. The
 * source is masqueraded where a reply would not find its way back through this node.
 *
 * <p>Thread-safe: a pure function.
 */
public final class ServicePlanner {

    private ServicePlanner() {}

    /**
     * Plans one Service.
     *
     * @param slices EndpointSlices of this Service, in any order
     * @throws UnplannableException if the Service contradicts itself; it names the field
     */
    public static ServicePlan plan(Service service, List<EndpointSlice> slices, NodeFacts node) {
        refuseDuplicatePorts(service);
        List<PortPlan> ports =
                new ArrayList<>(service.ports().size() * service.clusterIps().size());
        for (IpAddress clusterIp : service.clusterIps()) {
            for (ServicePort port : service.ports()) {
                ports.add(planPort(service, clusterIp, port, slices, node));
            }
        }
        return new ServicePlan(
                service.name(), service.clusterIps(), List.copyOf(ports), healthCheck(service, slices, node));
    }

    private static HealthCheck healthCheck(Service service, List<EndpointSlice> slices, NodeFacts node) {
        boolean asked = service.healthCheckNodePort() != 0
                && service.type() == ServiceType.LOAD_BALANCER
                && service.externalTrafficPolicy() == TrafficPolicy.LOCAL;
        if (!asked) {
            return HealthCheck.NONE;
        }
        Map<IpFamily, Integer> endpoints = new EnumMap<>(IpFamily.class);
        for (IpAddress clusterIp : service.clusterIps()) {
            endpoints.put(clusterIp.family(), EndpointSelector.localReady(service, clusterIp.family(), slices, node));
        }
        return new HealthCheck(service.healthCheckNodePort(), endpoints);
    }

    /** Two ports of one identity would share endpoints, records and chains. */
    private static void refuseDuplicatePorts(Service service) {
        if (service.ports().size() < 2) {
            return;
        }
        record PortIdentity(String name, Protocol protocol) {}
        record PortNumber(int port, Protocol protocol) {}
        Set<Object> seen = new HashSet<>();
        for (int i = 0; i < service.ports().size(); i++) {
            ServicePort port = service.ports().get(i);
            if (!seen.add(new PortIdentity(port.name(), port.protocol()))) {
                throw new UnplannableException(
                        "spec.ports[" + i + "].name",
                        "another port of the same protocol is named '" + port.name() + "'");
            }
            if (!seen.add(new PortNumber(port.port(), port.protocol()))) {
                throw new UnplannableException(
                        "spec.ports[" + i + "].port", "port " + port.port() + " is there twice for " + port.protocol());
            }
        }
    }

    private static PortPlan planPort(
            Service service, IpAddress clusterIp, ServicePort port, List<EndpointSlice> slices, NodeFacts node) {
        ServicePortName name = new ServicePortName(service.name(), port.name(), port.protocol());
        IpFamily family = clusterIp.family();
        SelectedEndpoints selected = EndpointSelector.select(name, family, slices, node);
        List<Frontend> frontends = frontends(service, clusterIp, port, name, selected, node);
        boolean usesCluster = false;
        boolean usesLocal = false;
        for (Frontend frontend : frontends) {
            for (ClientRule rule : frontend.routing().rules()) {
                usesCluster |= rule.verdict() == Verdict.FORWARD && rule.scope() == Scope.CLUSTER;
                usesLocal |= rule.verdict() == Verdict.FORWARD && rule.scope() == Scope.LOCAL;
            }
        }
        return new PortPlan(
                name,
                clusterIp,
                port.port(),
                usesCluster ? selected.cluster() : List.of(),
                usesLocal ? selected.local() : List.of(),
                service.affinityTimeoutSeconds(),
                frontends,
                selected.selection());
    }

    private static List<Frontend> frontends(
            Service service,
            IpAddress clusterIp,
            ServicePort port,
            ServicePortName name,
            SelectedEndpoints selected,
            NodeFacts node) {
        IpFamily family = clusterIp.family();
        Routing internal = internalRouting(service, family, selected, node);
        Routing external = externalRouting(service, selected, node);
        List<Frontend> frontends = new ArrayList<>(4);
        frontends.add(frontend(clusterIp, port.port(), FrontendKind.CLUSTER_IP, name, internal, List.of()));
        List<IpPrefix> ranges = sourceRanges(service, family, node);
        for (IpAddress address : new LinkedHashSet<>(service.loadBalancerIps())) {
            if (address.family() == family) {
                frontends.add(frontend(address, port.port(), FrontendKind.LOAD_BALANCER, name, external, ranges));
            }
        }
        if (node.externalIps()) {
            for (IpAddress address : new LinkedHashSet<>(service.externalIps())) {
                if (address.family() == family) {
                    frontends.add(frontend(address, port.port(), FrontendKind.EXTERNAL_IP, name, external, List.of()));
                }
            }
        }
        boolean hasNodePorts = service.type() == ServiceType.NODE_PORT || service.type() == ServiceType.LOAD_BALANCER;
        if (hasNodePorts && port.nodePort() != 0) {
            IpAddress any = Addresses.any(family);
            frontends.add(frontend(any, port.nodePort(), FrontendKind.NODE_PORT, name, external, List.of()));
        }
        return List.copyOf(frontends);
    }

    private static Frontend frontend(
            IpAddress address,
            int port,
            FrontendKind kind,
            ServicePortName name,
            Routing routing,
            List<IpPrefix> ranges) {
        return new Frontend(new FrontendKey(address, port, name.protocol()), kind, name, routing, ranges);
    }

    private static Routing internalRouting(
            Service service, IpFamily family, SelectedEndpoints selected, NodeFacts node) {
        if (!selected.any()) {
            return Routing.REJECT;
        }
        boolean local = service.internalTrafficPolicy() == TrafficPolicy.LOCAL;
        if (local && selected.local().isEmpty()) {
            return Routing.DROP;
        }
        if (node.masqueradeAll()) {
            return local ? Routing.MASQUERADE_LOCAL : Routing.MASQUERADE;
        }
        if (!node.localPods().detects(family)) {
            return local ? Routing.DIRECT_LOCAL : Routing.DIRECT;
        }
        return local ? Routing.MASQUERADE_UNLESS_POD_LOCAL : Routing.MASQUERADE_UNLESS_POD;
    }

    private static Routing externalRouting(Service service, SelectedEndpoints selected, NodeFacts node) {
        if (!selected.any()) {
            return Routing.REJECT;
        }
        if (service.externalTrafficPolicy() == TrafficPolicy.CLUSTER) {
            return Routing.MASQUERADE;
        }
        if (selected.local().isEmpty()) {
            return Routing.PRESERVE_SOURCE_ELSEWHERE;
        }
        return node.rules().oneListPerFrontend() ? Routing.DIRECT_LOCAL : Routing.PRESERVE_SOURCE;
    }

    /**
     * Ranges of the family. If one holds this node's primary address, the Service's own LoadBalancer addresses are
     * allowed as sources too: an address that is bound on the node becomes the source of the node's own connections.
     */
    private static List<IpPrefix> sourceRanges(Service service, IpFamily family, NodeFacts node) {
        if (service.loadBalancerSourceRanges().isEmpty()) {
            return List.of();
        }
        TreeSet<IpPrefix> ranges = new TreeSet<>();
        boolean nodeAllowed = false;
        for (IpPrefix range : service.loadBalancerSourceRanges()) {
            if (range.family() == family) {
                ranges.add(range);
                nodeAllowed |=
                        node.primaryAddress(family).filter(range::contains).isPresent();
            }
        }
        if (nodeAllowed) {
            for (IpAddress address : service.loadBalancerIps()) {
                if (address.family() == family) {
                    ranges.add(IpPrefix.of(address));
                }
            }
        }
        return List.copyOf(ranges);
    }
}
