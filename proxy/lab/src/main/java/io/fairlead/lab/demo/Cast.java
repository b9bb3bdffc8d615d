package io.fairlead.lab.demo;

import io.fairlead.lab.cluster.ServiceManifest;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.topology.Topology;
import io.fairlead.lab.traffic.Transport;
import java.util.List;

/**
 * Who plays in the story: the first pod of each node asks, four pods answer, two stand by; the last pod of the first node
 * is the ingress.
 *
 * <p>Immutable.
 *
 * @param asker on the first node
 * @param web the first endpoints of the Services
 * @param standby endpoints after scaling up, or after a rollout
 * @param ingress where clients from outside come to, so that it sees their own addresses
 */
record Cast(Topology topology, HostSpec asker, List<HostSpec> web, List<HostSpec> standby, HostSpec ingress) {

    private static final int WEB = 4;
    private static final int STANDBY = 2;
    static final int WEB_NODE_PORT = 30080;
    static final int ECHO_NODE_PORT = 30053;

    static Cast of(int nodes) {
        int podsPerNode = 2 + Math.ceilDiv(WEB + STANDBY, nodes);
        Topology topology = Topology.of(nodes, podsPerNode);
        List<HostSpec> servers = topology.pods().subList(nodes, nodes + WEB + STANDBY);
        return new Cast(
                topology,
                topology.pods().getFirst(),
                servers.subList(0, WEB),
                servers.subList(WEB, WEB + STANDBY),
                topology.nodes().getFirst().pods().getLast());
    }

    /** Reachable in all ways, from everywhere to every pod. */
    ServiceManifest webService() {
        return ServiceManifest.of("web", cluster(10), 80, Transport.HTTP)
                .nodePort(WEB_NODE_PORT)
                .loadBalancer(balancer(10))
                .endpoints(web);
    }

    /** The same pods, but clients from outside stay on the node that they came to. */
    ServiceManifest localService() {
        return ServiceManifest.of("web-local", cluster(11), 80, Transport.HTTP)
                .nodePort(WEB_NODE_PORT + 1)
                .loadBalancer(balancer(11))
                .localOnly(true)
                .endpoints(web);
    }

    ServiceManifest echoService() {
        return ServiceManifest.of("echo", cluster(53), 53, Transport.UDP)
                .nodePort(ECHO_NODE_PORT)
                .endpoints(web);
    }

    ServiceManifest emptyService() {
        return ServiceManifest.of("empty", cluster(99), 80, Transport.HTTP).loadBalancer(balancer(99));
    }

    /** Behind the ingress, which asks its pods directly. */
    ServiceManifest shopService() {
        return ServiceManifest.of("shop", cluster(20), 80, Transport.HTTP).endpoints(web);
    }

    /** How clients reach the ingress itself. */
    ServiceManifest ingressService() {
        return ServiceManifest.of("ingress", cluster(21), 443, Transport.HTTPS)
                .loadBalancer(balancer(21))
                .localOnly(true)
                .endpoints(List.of(ingress));
    }

    /** What the agents begin with. */
    List<ServiceManifest> services() {
        return List.of(webService(), localService(), echoService(), emptyService());
    }

    private static DualStack cluster(int last) {
        return DualStack.of("172.30.0." + last, "fd00:172:30::" + last);
    }

    private static DualStack balancer(int last) {
        return DualStack.of("198.51.100." + last, "2001:db8:198::" + last);
    }
}
