package io.fairlead.test.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.cluster.ServiceManifest;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.topology.NodeSpec;
import io.fairlead.lab.traffic.HeldConnection;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.lab.traffic.Probe;
import io.fairlead.lab.traffic.ProbeResult;
import io.fairlead.lab.traffic.TrafficLoad;
import io.fairlead.lab.traffic.Transport;
import io.fairlead.test.Poll;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A Service of each transport, and steady traffic to them that only one node routes: from its pods to the ClusterIPs,
 * from outside to its NodePorts, of both families; new connections and some that stay.
 *
 * <p>Confined to the test thread.
 */
final class NodeTraffic implements AutoCloseable {

    private static final Duration IN_FORCE = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofSeconds(55);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(3);
    private static final int RATE = 100;
    private static final int PROBES = 8;
    private static final int PORT = 80;

    private final ApiCluster cluster;
    private final Host pod;
    private final NodeSpec node;
    private final ServiceManifest web;
    private final ServiceManifest names;
    private final List<HeldConnection> held = new ArrayList<>();
    private final List<TrafficLoad> loads = new ArrayList<>();
    private int changes;

    private NodeTraffic(ApiCluster cluster, NodeSpec node, int number) {
        this.cluster = cluster;
        this.node = node;
        this.pod = cluster.host(node.pods().getFirst());
        this.web = service("web", Transport.HTTP, number);
        this.names = service("names", Transport.UDP, number);
    }

    private ServiceManifest service(String name, Transport transport, int number) {
        String last = Integer.toString(10 * transport.ordinal() + number + 1);
        return ServiceManifest.of(
                        name + "-" + number, DualStack.of("172.30.1." + last, "fd00:172:30::1" + last), PORT, transport)
                .nodePort(30100 + 10 * transport.ordinal() + number)
                .endpoints(cluster.topology().pods());
    }

    /** Creates the Services, waits until the node routes them, and starts the traffic. */
    static NodeTraffic start(ApiCluster cluster, NodeSpec node, int number) {
        NodeTraffic traffic = new NodeTraffic(cluster, node, number);
        traffic.put(cluster.topology().pods());
        traffic.expect(cluster.topology().pods());
        traffic.begin();
        return traffic;
    }

    private void put(List<HostSpec> endpoints) {
        cluster.objects().put(web.endpoints(endpoints));
        cluster.objects().put(names.endpoints(endpoints));
    }

    private void begin() {
        List<InetSocketAddress> inside = new ArrayList<>();
        List<InetSocketAddress> outside = new ArrayList<>();
        for (InetAddress address :
                List.of(web.clusterAddress().v4(), web.clusterAddress().v6())) {
            inside.add(new InetSocketAddress(address, PORT));
            held.add(HeldConnection.open(pod, address, PORT));
        }
        for (InetAddress address :
                List.of(node.host().addresses().v4(), node.host().addresses().v6())) {
            outside.add(new InetSocketAddress(address, web.nodePort()));
            held.add(HeldConnection.open(cluster.outside(), address, web.nodePort()));
        }
        loads.add(TrafficLoad.start(
                node.pods().stream().map(cluster::host).toList(),
                new TrafficLoad.Settings(inside, RATE, LONGEST, ANSWER_TIMEOUT)));
        loads.add(TrafficLoad.start(
                List.of(cluster.outside()), new TrafficLoad.Settings(outside, RATE, LONGEST, ANSWER_TIMEOUT)));
    }

    /** Changes the endpoints to one of them and back, and waits until the node routes to exactly those. */
    void expectFollowed() {
        List<HostSpec> all = cluster.topology().pods();
        List<HostSpec> one = List.of(all.get(changes++ % all.size()));
        put(one);
        expect(one);
        put(all);
        expect(all);
        for (HeldConnection connection : held) {
            assertInstanceOf(ProbeResult.Answered.class, connection.ask());
        }
    }

    /** The node itself reaches the NodePort on 127.0.0.1, which takes a sysctl besides rules. */
    void expectLoopback() {
        Probe probe = Probe.http(InetAddress.getLoopbackAddress(), web.nodePort());
        assertInstanceOf(ProbeResult.Answered.class, probe.from(cluster.host(node.host())));
    }

    private void expect(List<HostSpec> endpoints) {
        Set<String> expected = new TreeSet<>();
        endpoints.forEach(endpoint -> expected.add(endpoint.name()));
        Map<Probe, Host> probes = new HashMap<>();
        for (InetAddress address :
                List.of(web.clusterAddress().v4(), web.clusterAddress().v6())) {
            probes.put(Probe.http(address, PORT), pod);
        }
        for (InetAddress address :
                List.of(names.clusterAddress().v4(), names.clusterAddress().v6())) {
            probes.put(Probe.udp(address, PORT), pod);
        }
        for (InetAddress address :
                List.of(node.host().addresses().v4(), node.host().addresses().v6())) {
            probes.put(Probe.http(address, web.nodePort()), cluster.outside());
        }
        probes.forEach((probe, from) -> Poll.until(
                from.name() + " -> " + probe.target() + " " + expected,
                IN_FORCE,
                () -> isSubset(answers(probe, from), expected)));
    }

    /** Eight endpoints need not all be met in a few probes, but no other may be. */
    private static boolean isSubset(Set<String> seen, Set<String> expected) {
        return expected.containsAll(seen) && (expected.size() == 1 || seen.size() > 1);
    }

    private static Set<String> answers(Probe probe, Host from) {
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < PROBES; i++) {
            switch (probe.from(from)) {
                case ProbeResult.Answered answered -> seen.add(answered.answer().pod());
                case ProbeResult.Failed failed -> seen.add(failed.kind().name());
            }
        }
        return seen;
    }

    /** Ends the traffic, of which nothing failed. */
    void expectNoFailure() {
        for (TrafficLoad load : loads) {
            LoadReport report = load.finish();
            System.out.println(node.name() + ": " + report);
            assertEquals(0, report.failed(), report::toString);
            assertTrue(report.answered() > RATE, report::toString);
        }
    }

    /** Ends the traffic, some of which failed on each way. */
    void expectFailures() {
        for (TrafficLoad load : loads) {
            LoadReport report = load.finish();
            assertTrue(report.failed() > 0, report::toString);
        }
    }

    @Override
    public void close() {
        loads.forEach(TrafficLoad::close);
        held.forEach(HeldConnection::close);
    }
}
