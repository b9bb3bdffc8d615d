package io.fairlead.agent.ipvsreport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.TestCluster;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.NodePortAddresses;
import io.fairlead.agent.plan.Plans;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Node;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.model.ServiceCidr;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.ipvs.IpvsTimeouts;
import io.fairlead.kernel.ipvs.RealServer;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.RealServerStatus;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import io.fairlead.runtime.table.Output;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Each difference between the modes, alone.
 *
 * <p>Confined to the test thread.
 */
class IpvsReportTest {

    private static final IpvsTimeouts NO_TIMEOUTS = new IpvsTimeouts(0, 0, 0);
    private static final IpvsSettings ROUND_ROBIN = settings("rr");
    private static final Service WEB = Plans.service("web", "172.30.0.41").build();
    private static final String TWO = "; then each new connection goes to any of 2, by chance";

    private final List<ClusterObject> objects = new ArrayList<>(List.of(
            new Node("node-1", List.of(IpAddress.parse("192.168.0.1")), List.of(), List.of(), "zone-a", false, false)));
    private final Map<VirtualServer, List<RealServerStatus>> servers = new LinkedHashMap<>();
    private Set<IpAddress> serviceAddresses = Set.of(IpAddress.parse("172.30.0.41"));
    private Set<IpAddress> addresses = Set.of(IpAddress.parse("192.168.0.1"), IpAddress.parse("127.0.0.1"));
    private List<NodeSocket> sockets = List.of();
    private Map<String, String> parameters = Map.of();
    private NodePortAddresses nodePorts = NodePortAddresses.DEFAULT;

    private static IpvsSettings settings(String scheduler) {
        return new IpvsSettings(scheduler, false, List.of(IpPrefix.parse("10.99.0.0/16")), NO_TIMEOUTS);
    }

    private IpvsReport report(IpvsSettings settings, ObservedNode observed) {
        AgentPolicy policy = new AgentPolicy(
                "node-1",
                new AgentPolicy.PodDetection.ClusterCidr(List.of(IpPrefix.parse("10.0.0.0/8"))),
                false,
                14,
                true,
                nodePorts);
        try (TestCluster cluster = new TestCluster(objects.toArray(ClusterObject[]::new))) {
            return IpvsReport.of(cluster.fetch().snapshot(), policy, settings, observed);
        }
    }

    private ObservedNode observed() {
        return new ObservedNode(
                true,
                serviceAddresses,
                addresses,
                new ObservedServers.Known(servers, new IpvsTimeouts(900, 120, 300)),
                sockets,
                parameters);
    }

    /** What the dump of a cluster says by itself. */
    private List<String> fromDump(IpvsSettings settings) {
        return lines(report(settings, ObservedNode.NONE));
    }

    private List<String> onNode() {
        return lines(report(ROUND_ROBIN, observed()));
    }

    private static List<String> lines(IpvsReport report) {
        return report.differences().stream()
                .map(each ->
                        (each.service().isEmpty() ? "node" : each.service()) + " " + each.topic() + ": " + each.text())
                .toList();
    }

    private static List<String> about(String start, List<String> lines) {
        return lines.stream().filter(line -> line.startsWith(start)).toList();
    }

    private void add(Service service, String... endpoints) {
        objects.add(service);
        objects.add(Plans.slice(service, endpoints));
    }

    /** @param real each {@code address:port weight active inactive} */
    private void serve(String address, int port, String scheduler, String... real) {
        VirtualServerKey key = new VirtualServerKey(inet(address), Protocol.TCP.number(), port);
        List<RealServerStatus> all = new ArrayList<>();
        for (String each : real) {
            String[] parts = each.split("[: ]", -1);
            RealServerKey server = new RealServerKey(inet(parts[0]), Integer.parseInt(parts[1]));
            all.add(new RealServerStatus(
                    RealServer.of(server, Integer.parseInt(parts[2])),
                    Integer.parseInt(parts[3]),
                    Integer.parseInt(parts[4]),
                    0));
        }
        servers.put(VirtualServer.of(key, scheduler, 0), all);
    }

    private static InetAddress inet(String address) {
        return IpBytes.address(IpAddress.parse(address).toBytes());
    }

    @Test
    void onlyTheNodeDiffersWhereServicesAreAlike() {
        add(WEB, "10.180.0.1@node-1", "10.180.0.2@node-2");
        IpvsReport report = report(ROUND_ROBIN, ObservedNode.NONE);
        assertEquals(
                List.of(
                        "node addresses: ClusterIPs are not addresses of this node any more (1): no pings, and nothing"
                                + " on the node can bind to them",
                        "node scheduler: rr: endpoints take turns; then one is chosen by chance for each new"
                                + " connection, with equal shares over time (Services with a choice: 1)"),
                lines(report));
        assertEquals(0, report.changed());
    }

    @Test
    void schedulersThatPromiseMore() {
        add(WEB, "10.180.0.1@node-1", "10.180.0.2@node-2");
        Service one = Plans.service("one", "172.30.0.42").build();
        add(one, "10.180.0.3@node-1");
        String start = "default/web scheduler: ";
        for (String name : List.of("lc", "wlc", "sed", "nq")) {
            assertEquals(
                    List.of(start + name + ": the endpoint with the fewest connections gets the next one" + TWO),
                    about("default/", fromDump(settings(name))));
        }
        for (String name : List.of("sh", "mh")) {
            assertEquals(
                    List.of(start + name + ": a client's address always leads to the same endpoint" + TWO
                            + "; sessionAffinity ClientIP keeps a client"),
                    about("default/", fromDump(settings(name))));
        }
        assertEquals(
                List.of(start + "dh: all connections to one address go to one endpoint" + TWO),
                about("default/", fromDump(settings("dh"))));
        assertEquals(List.of(), about("default/one", fromDump(settings("lc"))));
    }

    @Test
    void schedulerOfTheKernelCounts() {
        add(WEB, "10.180.0.1@node-1", "10.180.0.2@node-2");
        serve("172.30.0.41", 80, "lc", "10.180.0.1:8080 1 0 0", "10.180.0.2:8080 1 0 0");
        assertEquals(
                List.of("default/web scheduler: lc: the endpoint with the fewest connections gets the next one" + TWO),
                about("default/", onNode()));
    }

    @Test
    void affinityKeepsClientsOtherwise() {
        Service sticky = Plans.service("web", "172.30.0.41").affinity(600).build();
        add(sticky, "10.180.0.1@node-1", "10.180.0.2@node-2");
        assertEquals(
                List.of("default/web affinity: ClientIP for 600 s: counted from the end of a client's last connection,"
                        + " for each address of the Service; then from the beginning of its last one, for a port of"
                        + " the Service whatever the address; clients are given an endpoint anew once"),
                about("default/", fromDump(settings("sh"))));
    }

    @Test
    void localPolicyLeadsPodsAndTheNodeEverywhere() {
        Service local = Plans.service("web", "172.30.0.41")
                .nodePort(30080)
                .loadBalancer("5.6.7.8")
                .externalLocal()
                .build();
        add(local, "10.180.0.1@node-1", "10.180.0.2@node-2", "10.180.0.3@node-2");
        String at = "default/web traffic-policy: 5.6.7.8:80/tcp, node:30080/tcp";
        assertEquals(
                List.of(
                        at + ", externalTrafficPolicy Local: pods and the node itself get to the 1 of this node only;"
                                + " then to all 3",
                        at + ": endpoints see the Service's address as source of the node's own connections; then the"
                                + " node's"),
                about("default/", fromDump(ROUND_ROBIN)));
        assertEquals(
                List.of("node addresses: 5.6.7.8: not of this node any more; pings and packets to ports that no Service"
                        + " has go where routes lead"),
                about("node addresses: 5", fromDump(ROUND_ROBIN)));
    }

    @Test
    void localPolicyWithoutEndpointsHereIsTheSame() {
        Service local = Plans.service("web", "172.30.0.41")
                .loadBalancer("5.6.7.8")
                .externalLocal()
                .build();
        add(local, "10.180.0.2@node-2");
        assertEquals(List.of(), about("default/", fromDump(ROUND_ROBIN)));
    }

    @Test
    void sourceRangesWithoutEndpointsAreTheSame() {
        objects.add(Plans.service("web", "172.30.0.41")
                .loadBalancer("5.6.7.8")
                .sourceRange("203.0.113.0/24")
                .build());
        assertEquals(List.of(), about("default/", fromDump(ROUND_ROBIN)));
    }

    @Test
    void nodePortsLeaveAllButPrimaryAddresses() {
        add(Plans.service("web", "172.30.0.41").nodePort(30080).build(), "10.180.0.1@node-1");
        serve("172.30.0.41", 80, "rr", "10.180.0.1:8080 1 0 0");
        serve("192.168.0.1", 30080, "rr", "10.180.0.1:8080 1 0 0");
        addresses = Set.of(
                IpAddress.parse("192.168.0.1"),
                IpAddress.parse("127.0.0.1"),
                IpAddress.parse("10.0.0.5"),
                IpAddress.parse("fe80::1"));
        assertEquals(
                List.of(
                        "default/web node-ports: node:30080/tcp: not on 10.0.0.5; nodePortAddresses [\"0.0.0.0/0\"] keeps"
                                + " them"),
                about("default/", onNode()));
        assertEquals(
                List.of("node node-ports: then NodePorts answer processes of the node on loopback, too;"
                        + " nodePortAddresses [\"primary\"] leaves it out"),
                about("node node-ports", onNode()));
        nodePorts = NodePortAddresses.parse(List.of("192.168.0.0/24"));
        assertEquals(List.of(), about("default/", onNode()));
        assertEquals(List.of(), about("node node-ports", onNode()));
    }

    @Test
    void processesThatUseTheAddresses() {
        add(WEB, "10.180.0.1@node-1");
        serve("172.30.0.41", 80, "rr", "10.180.0.1:8080 1 0 0");
        IpAddress address = IpAddress.parse("172.30.0.41");
        sockets = List.of(
                new NodeSocket(address, 22, Protocol.TCP, true, "sshd (process 7)"),
                new NodeSocket(address, 40000, Protocol.TCP, false, "kubelet (process 8)"),
                new NodeSocket(address, 40001, Protocol.TCP, false, "kubelet (process 8)"));
        assertEquals(
                List.of(
                        "default/web sockets: kubelet (process 8) has connections from 172.30.0.41 (2): they end when"
                                + " kube-ipvs0 goes",
                        "default/web sockets: sshd (process 7) is bound to 172.30.0.41:22/tcp: the node will not have"
                                + " this address, so nobody gets there, and it cannot be bound again"),
                about("default/", onNode()));
    }

    @Test
    void strictArpAndTimeouts() {
        parameters = Map.of(
                ObservedNode.ARP_IGNORE, "1", ObservedNode.ARP_ANNOUNCE, "2", ObservedNode.TCP_ESTABLISHED, "86400");
        assertEquals(
                List.of(
                        "node strict-arp: not needed any more: Service addresses are on no link, so nobody answers ARP"
                                + " for them; net.ipv4.conf.all.arp_ignore=1 and arp_announce=2 stay until you set them"
                                + " to 0",
                        "node time-outs: IPVS forgets silent connections: TCP after 900 s (conntrack 86400 s), TCP after"
                                + " FIN after 120 s, UDP after 300 s; then conntrack's time-outs alone count"),
                onNode());
        IpvsSettings asked = new IpvsSettings("rr", true, List.of(), new IpvsTimeouts(3600, 0, 0));
        assertEquals(
                List.of(
                        "node strict-arp: not needed any more: Service addresses are on no link, so nobody answers ARP"
                                + " for them",
                        "node time-outs: IPVS forgets silent connections: TCP after 3600 s, TCP after FIN by the kernel's"
                                + " default, UDP by the kernel's default; then conntrack's time-outs alone count"),
                fromDump(asked));
    }

    @Test
    void freeAddressesOfServicesAreDropped() {
        objects.add(new ServiceCidr("kubernetes", List.of(IpPrefix.parse("172.30.0.0/16"))));
        assertEquals(
                List.of("node addresses: addresses in 172.30.0.0/16 that no Service has: then packets are dropped here,"
                        + " and not sent where routes lead"),
                fromDump(ROUND_ROBIN));
    }

    @Test
    void virtualServersThatNoServiceExplains() {
        serve("172.30.0.41", 81, "rr");
        serve("10.99.0.1", 3306, "wlc", "10.180.0.9:3306 1 0 0");
        serve("192.168.0.1", 30099, "rr");
        assertEquals(
                List.of(
                        "node virtual-servers: no Service has 10.99.0.1:3306/tcp (wlc): in excludeCIDRs, so another"
                                + " program's; it stays, but not if somebody runs ipvsadm -C",
                        "node virtual-servers: no Service has 172.30.0.41:81/tcp (rr): it ends with kube-ipvs0, which has"
                                + " its address",
                        "node virtual-servers: no Service has 192.168.0.1:30099/tcp (rr): left over, or another program's"
                                + " that excludeCIDRs does not protect; look before you remove it"),
                about("node virtual", onNode()));
    }

    @Test
    void virtualServersThatDifferFromThePlan() {
        add(WEB, "10.180.0.1@node-1", "10.180.0.2@node-2");
        add(Plans.service("new", "172.30.0.43").build(), "10.180.0.4@node-1");
        serve("172.30.0.41", 80, "rr", "10.180.0.1:8080 5 0 0", "10.180.0.8:8080 0 3 0", "10.180.0.9:8080 1 12 4");
        assertEquals(
                List.of(
                        "default/new virtual-servers: there is no virtual server for 172.30.0.43:80/tcp: kube-proxy is"
                                + " behind, or somebody removed it; then it is served",
                        "default/web weights: 10.180.0.1:8080 has weight 5 at 172.30.0.41:80/tcp, which kube-proxy did"
                                + " not give; then endpoints have equal shares",
                        "default/web virtual-servers: 172.30.0.41:80/tcp does not lead to 10.180.0.2:8080; then it"
                                + " does",
                        "default/web virtual-servers: 172.30.0.41:80/tcp leads to 10.180.0.9:8080, which the Service"
                                + " does not have; then not",
                        "default/web connections: IPVS carries 15 active and 4 inactive ones, which end when kube-ipvs0"
                                + " goes: let them end before"),
                about("default/", onNode()));
    }

    @Test
    void virtualServersThatCannotBeReadAreNotMissed() {
        add(WEB, "10.180.0.1@node-1");
        ObservedNode node = new ObservedNode(
                true, serviceAddresses, addresses, new ObservedServers.Unknown("no right"), List.of(), Map.of());
        IpvsReport report = report(ROUND_ROBIN, node);
        assertEquals(0, report.changed());
        assertEquals("kube-ipvs0 has 1 addresses, IPVS cannot be read: no right", report.basis());
    }

    @Test
    void nodeThatTheClusterDoesNotHave() {
        objects.clear();
        String message = assertThrows(IllegalArgumentException.class, () -> fromDump(ROUND_ROBIN))
                .getMessage();
        assertEquals("there is no Node node-1; give one by --node-name", message);
    }

    @Test
    void textAndJson() {
        add(WEB, "10.180.0.1@node-1", "10.180.0.2@node-2");
        add(Plans.service("one", "172.30.0.42").build(), "10.180.0.3@node-1");
        IpvsReport report = report(settings("lc"), ObservedNode.NONE);
        StringBuilder text = new StringBuilder();
        Output.TABLE.write(report, text);
        assertEquals("""
                node node-1: there is no link kube-ipvs0 here: by the cluster alone, and the addresses of the Node object
                SERVICE      ABOUT      DIFFERENCE
                (the node)   addresses  ClusterIPs are not addresses of this node any more (2): no pings, and nothing on the node can bind to them
                default/web  scheduler  lc: the endpoint with the fewest connections gets the next one; then each new connection goes to any of 2, by chance
                Services: 2, with differences of their own: 1, without: 1
                """, text.toString());
        StringBuilder json = new StringBuilder();
        Output.JSON.write(report, json);
        assertTrue(json.toString().contains("\"servicesWithDifferences\": 1,"), json.toString());
        assertTrue(json.toString().contains("\"service\": null,"), json.toString());
        assertTrue(json.toString().contains("\"service\": \"default/web\","), json.toString());
    }
}
