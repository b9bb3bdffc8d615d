package io.fairlead.agent.dataplane.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.dataplane.nftables.IpvsTables;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.agent.plan.ServicePlanner;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.IpvsOperation;
import io.fairlead.kernel.ipvs.RealServer;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import io.fairlead.kernel.ipvs.fake.FakeIpvsKernel;
import io.fairlead.kernel.ipvs.fake.IpvsPrinter;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.fake.FakeNftKernel;
import io.fairlead.kernel.nft.fake.NftPrinter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class IpvsDataplaneTest {

    private static final Service WEB = Plans.service("web", "172.30.0.41").build();
    private static final String ONE = "10.180.0.1@node-1";
    private static final String TWO = "10.180.1.1@node-2";
    private static final VirtualServerKey FRONTEND = new VirtualServerKey(address("172.30.0.41"), 6, 80);
    private static final RealServerKey BACKEND = new RealServerKey(address("10.180.0.1"), 8080);

    private final FakeNftKernel nft = new FakeNftKernel(InstantSource.system());
    private final FakeIpvsKernel kernel = new FakeIpvsKernel();
    private final Set<IpAddress> own = Set.of(IpAddress.parse("192.168.0.2"));
    private final AddressesInMemory addresses = new AddressesInMemory(() -> own);
    private final Map<ObjectName, ServicePlan> plans = new TreeMap<>();
    private NodeSettings settings = Plans.SETTINGS;
    private IpvsDataplane plane = open(IpvsOptions.DEFAULT);

    private static java.net.InetAddress address(String text) {
        return IpBytes.address(IpAddress.parse(text).toBytes());
    }

    private IpvsDataplane open(IpvsOptions options) {
        return new IpvsDataplane(IpvsTables.serving(nft.open(), true), kernel.open(), addresses, options);
    }

    private SyncResult apply(Service service, String... endpoints) {
        return apply(ServicePlanner.plan(service, List.of(Plans.slice(service, endpoints)), Plans.NODE));
    }

    private SyncResult apply(ServicePlan... changed) {
        List<ServiceChange> changes = new ArrayList<>();
        for (ServicePlan plan : changed) {
            ServicePlan before = plans.getOrDefault(plan.service(), ServicePlan.nothing(plan.service()));
            changes.add(new ServiceChange(before, plan));
            plans.put(plan.service(), plan);
        }
        return plane.apply(new NodePlanDelta(changes, settings, settings));
    }

    private SyncResult restart() {
        plane.close();
        plane = open(IpvsOptions.DEFAULT);
        return plane.apply(new NodePlanDelta(
                plans.values().stream()
                        .map(plan -> new ServiceChange(ServicePlan.nothing(plan.service()), plan))
                        .toList(),
                settings,
                settings));
    }

    private List<String> servers() {
        try (Ipvs all = kernel.open()) {
            return IpvsPrinter.print(all).lines().sorted().toList();
        }
    }

    private String rules() {
        return NftPrinter.print(nft, new NftTable(NftFamily.IP, IpvsTables.TABLE), Integer.MAX_VALUE);
    }

    private long operations() {
        FakeIpvsKernel.Counts counts = kernel.counts();
        return counts.operations() + counts.reads();
    }

    @Test
    void aServiceIsAVirtualServerOnAnAddressOfTheNode() {
        assertFalse(apply(WEB, ONE, TWO).dirty());
        assertEquals(
                List.of(
                        "-A -t 172.30.0.41:80 -s rr -b flag-3",
                        "-a -t 172.30.0.41:80 -r 10.180.0.1:8080 -m -w 1",
                        "-a -t 172.30.0.41:80 -r 10.180.1.1:8080 -m -w 1"),
                servers());
        assertEquals(Set.of(IpAddress.parse("172.30.0.41")), addresses.read());
        assertTrue(rules().contains("172.30.0.41 . tcp . 80"), this::rules);
    }

    @Test
    void anEndpointCostsItsMessagesAndNothingCostsNone() {
        apply(WEB, ONE);
        long before = operations();
        apply(WEB, ONE);
        assertEquals(before, operations());
        apply(WEB, ONE, TWO);
        assertEquals(before + 1, operations());
        apply(WEB, ONE);
        assertTrue(operations() - before - 1 <= 4, () -> operations() - before + " messages");
    }

    @Test
    void whatHasConnectionsWaitsForTheirEnd() {
        apply(WEB, ONE, TWO);
        kernel.setConnections(FRONTEND, BACKEND, 1, 0, 0);
        apply(WEB, TWO);
        String draining = "-a -t 172.30.0.41:80 -r 10.180.0.1:8080 -m -w 0 -x " + ServerRenderer.DRAINING;
        assertTrue(servers().contains(draining), () -> servers().toString());
        plane.clearDrained();
        assertTrue(servers().contains(draining), "it has a connection");
        assertFalse(restart().dirty());
        assertTrue(servers().contains(draining), "the kernel says what was drained");
        kernel.setConnections(FRONTEND, BACKEND, 0, 0, 0);
        plane.clearDrained();
        assertFalse(servers().toString().contains("10.180.0.1"));
    }

    @Test
    void anEndpointThatComesBackServesAgain() {
        apply(WEB, ONE, TWO);
        kernel.setConnections(FRONTEND, BACKEND, 1, 0, 0);
        apply(WEB, TWO);
        apply(WEB, ONE, TWO);
        assertTrue(servers().contains("-a -t 172.30.0.41:80 -r 10.180.0.1:8080 -m -w 1"));
        plane.clearDrained();
        assertEquals(3, servers().size());
    }

    @Test
    void theAddressStaysWhileConnectionsNeedIt() {
        apply(WEB, ONE);
        kernel.setConnections(FRONTEND, BACKEND, 1, 0, 0);
        apply(ServicePlan.nothing(WEB.name()));
        assertEquals(Set.of(IpAddress.parse("172.30.0.41")), addresses.read());
        assertFalse(rules().contains("172.30.0.41 . tcp . 80"), "nothing new gets there");
        assertTrue(rules().contains("172.30.0.41"), "and nothing else of this node is reached by it");
        kernel.setConnections(FRONTEND, BACKEND, 0, 0, 0);
        plane.clearDrained();
        assertEquals(Set.of(), addresses.read());
        assertEquals(List.of(), servers());
        assertFalse(rules().contains("172.30.0.41"));
        assertTrue(plane.isEmpty());
    }

    /** At no moment may the tables refuse what another mode, that decides behind them, lets in. */
    @Test
    void theTablesOfServingGoAtOnce() {
        apply(WEB, ONE);
        kernel.setConnections(FRONTEND, BACKEND, 1, 0, 0);
        plane.close();
        nft.setFaults((call, number) -> {
            String now = rules();
            assertTrue(!now.contains("chain services") || now.contains("172.30.0.41 . tcp . 80"), now);
            return Faults.Fault.NONE;
        });
        try (IpvsDataplane leaving = new IpvsDataplane(
                IpvsTables.leaving(nft.open(), true), kernel.open(), addresses, IpvsOptions.DEFAULT)) {
            NodePlanDelta nothing = new NodePlanDelta(List.of(), settings, settings);
            assertFalse(leaving.apply(nothing).dirty());
            assertFalse(rules().contains("chain services"), this::rules);
            assertTrue(rules().contains("172.30.0.41"), "the address waits, and is guarded");
            assertTrue(servers().toString().contains("-w 0"), () -> servers().toString());
            leaving.clearDrained();
            assertFalse(leaving.isEmpty());
            kernel.setConnections(FRONTEND, BACKEND, 0, 0, 0);
            leaving.clearDrained();
            assertTrue(leaving.isEmpty());
        }
        plane = open(IpvsOptions.DEFAULT);
        assertFalse(restart().dirty(), "and back");
        assertTrue(rules().contains("172.30.0.41 . tcp . 80"), this::rules);
    }

    @Test
    void udpDoesNotWait() {
        Service dns = Plans.service("dns", "172.30.0.10")
                .port("dns", Protocol.UDP, 53, 0)
                .build();
        apply(dns, ONE, TWO);
        VirtualServerKey frontend = new VirtualServerKey(address("172.30.0.10"), 17, 53);
        kernel.setConnections(frontend, BACKEND, 0, 9, 0);
        apply(dns, TWO);
        assertFalse(servers().toString().contains("10.180.0.1"), () -> servers().toString());
    }

    @Test
    void othersVirtualServersStay() {
        try (Ipvs other = kernel.open()) {
            VirtualServerKey theirs = new VirtualServerKey(address("198.51.100.9"), 6, 80);
            other.apply(new IpvsOperation.AddVirtualServer(VirtualServer.of(theirs, "wlc", 0)));
            apply(WEB, ONE);
            apply(ServicePlan.nothing(WEB.name()));
            restart();
            IpvsDataplane.cleanup(other);
        }
        assertEquals(List.of("-A -t 198.51.100.9:80 -s wlc"), servers());
    }

    /** As kube-proxy leaves them: from then on they are ours, and no connection is lost. */
    @Test
    void aVirtualServerThatAServiceClaimsIsTakenOver() {
        kubeProxyWas();
        assertFalse(apply(WEB, TWO).dirty());
        assertEquals(
                List.of(
                        "-A -t 172.30.0.41:80 -s rr -b flag-3",
                        "-a -t 172.30.0.41:80 -r 10.180.0.1:8080 -m -w 0 -x " + ServerRenderer.DRAINING,
                        "-a -t 172.30.0.41:80 -r 10.180.1.1:8080 -m -w 1"),
                servers());
    }

    /** A kube-proxy that still runs does so; without the flag, nobody would clear away what drains. */
    @Test
    void aVirtualServerWhoseFlagIsTakenStaysOurs() {
        apply(WEB, ONE);
        kernel.setConnections(FRONTEND, BACKEND, 1, 0, 0);
        try (Ipvs other = kernel.open()) {
            other.apply(new IpvsOperation.ChangeVirtualServer(VirtualServer.of(FRONTEND, "rr", 0)));
        }
        apply(ServicePlan.nothing(WEB.name()));
        plane.restart();
        plane.apply(new NodePlanDelta(List.of(), settings, settings));
        kernel.setConnections(FRONTEND, BACKEND, 0, 0, 0);
        plane.clearDrained();
        assertEquals(List.of(), servers());
    }

    @Test
    void excludedRangesStayOthers() {
        kubeProxyWas();
        List<String> before = servers();
        plane = open(new IpvsOptions("rr", 0, List.of(IpPrefix.parse("172.30.0.0/24"))));
        SyncResult result = apply(WEB, TWO);
        assertTrue(
                result.failures().getFirst().reason().contains("another program's"),
                () -> result.failures().toString());
        assertEquals(before, servers());
    }

    private void kubeProxyWas() {
        try (Ipvs other = kernel.open()) {
            other.apply(new IpvsOperation.AddVirtualServer(VirtualServer.of(FRONTEND, "rr", 0)));
            other.apply(new IpvsOperation.AddRealServer(FRONTEND, RealServer.of(BACKEND, 1)));
        }
        kernel.setConnections(FRONTEND, BACKEND, 1, 0, 0);
    }

    /** An external address that a link of the node has is nobody's to add, to guard or to remove. */
    @Test
    void addressesOfTheNodeStayItsOwn() {
        Service service =
                Plans.service("ext", "172.30.0.42").externalIp("192.168.0.2").build();
        assertFalse(apply(service, ONE).dirty());
        assertEquals(Set.of(IpAddress.parse("172.30.0.42")), addresses.read());
        assertTrue(
                servers().contains("-A -t 192.168.0.2:80 -s rr -b flag-3"),
                () -> servers().toString());
        apply(ServicePlan.nothing(service.name()));
        assertEquals(List.of(), servers());
    }

    @Test
    void aSchedulerThatTheKernelLacksIsNamedByService() {
        plane = open(new IpvsOptions("maglev", 0, List.of()));
        SyncResult result = apply(WEB, ONE);
        assertTrue(
                result.failures().getFirst().frontend().orElseThrow().toString().contains("172.30.0.41:80"));
        assertTrue(
                result.failures().getFirst().reason().contains("add virtual server"),
                () -> result.failures().toString());
    }

    @Test
    void nodePortsFollowTheAddressesOfTheNode() {
        Service service = Plans.service("np", "172.30.0.43").nodePort(30080).build();
        settings = new NodeSettings(
                List.of(IpAddress.parse("192.168.0.2")),
                Plans.SETTINGS.localPods(),
                Plans.SETTINGS.masqueradeMark(),
                List.of());
        apply(service, ONE);
        assertTrue(
                servers().contains("-A -t 192.168.0.2:30080 -s rr -b flag-3"),
                () -> servers().toString());
        settings = new NodeSettings(
                List.of(IpAddress.parse("192.168.0.9")),
                Plans.SETTINGS.localPods(),
                Plans.SETTINGS.masqueradeMark(),
                List.of());
        apply();
        assertTrue(
                servers().contains("-A -t 192.168.0.9:30080 -s rr -b flag-3"),
                () -> servers().toString());
        assertFalse(
                servers().toString().contains("192.168.0.2:"), () -> servers().toString());
    }
}
