package io.fairlead.agent.conntrack;

import static io.fairlead.agent.TestNode.socket;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.TestNode;
import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.agent.plan.ServicePlanner;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.conntrack.Conntrack;
import io.fairlead.kernel.conntrack.ConntrackFilter;
import io.fairlead.kernel.nft.NetlinkNft;
import io.fairlead.kernel.nft.Nft;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A client that keeps its source port, the real kernel and the nftables data plane in one namespace; 10.180.0.9 and
 * fd00:10::9 are the client's.
 */
class StaleFlowCleanerTest {

    private static final System.Logger LOG = System.getLogger(StaleFlowCleanerTest.class.getName());
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final SyncResult CLEAN = new SyncResult(1, 1, List.of());
    private static final SyncResult DIRTY =
            new SyncResult(1, 0, List.of(new SyncResult.Failure(IpFamily.IPV4, Optional.empty(), "refused")));

    /** What the cleaner told: a family that was cleaned or the refusal. */
    private sealed interface Report {
        record Cleaned(IpFamily family, long deleted, long nanos) implements Report {}

        record Failed(IpFamily family) implements Report {}
    }

    private final BlockingQueue<Report> reports = new LinkedBlockingQueue<>();
    private final TestNode node = new TestNode(
            "192.168.0.1", "10.180.0.1", "10.180.0.2", "10.180.0.9", "fd00:10::1", "fd00:10::2", "fd00:10::9");
    private final NftablesDataplane dataplane = node.namespace().run(() -> {
        Nft nft = NetlinkNft.open();
        return new NftablesDataplane(nft, nft.supportsOwnedPersistentTables(), _ -> {});
    });
    private final Map<ObjectName, ServicePlan> plans = new HashMap<>();
    private final StaleFlowCleaner cleaner = cleaner(Conntrack::open);

    private StaleFlowCleaner cleaner(Supplier<Conntrack> opener) {
        StaleFlowObserver observer = new StaleFlowObserver() {
            @Override
            public void cleaned(IpFamily family, long deleted, long nanos) {
                reports.add(new Report.Cleaned(family, deleted, nanos));
            }

            @Override
            public void failed(IpFamily family, KernelException error) {
                reports.add(new Report.Failed(family));
            }
        };
        StaleFlowCleaner fresh = new StaleFlowCleaner(observer, opener, Duration.ofMillis(20));
        node.namespace().run(fresh::start);
        return fresh;
    }

    @AfterEach
    void close() {
        cleaner.close();
        dataplane.close();
        node.close();
    }

    private NodePlanDelta planned(Service service, EndpointSlice... slices) {
        ServicePlan after = ServicePlanner.plan(service, List.of(slices), Plans.NODE);
        ServicePlan before = plans.put(service.name(), after);
        ServicePlan from = before == null ? ServicePlan.nothing(service.name()) : before;
        return new NodePlanDelta(List.of(new ServiceChange(from, after)), Plans.SETTINGS, Plans.SETTINGS);
    }

    private static NodePlanDelta nothing() {
        return new NodePlanDelta(List.of(), Plans.SETTINGS, Plans.SETTINGS);
    }

    private SyncResult apply(NodePlanDelta change) {
        SyncResult result = dataplane.apply(change);
        assertEquals(List.of(), result.failures());
        return result;
    }

    private void step(Service service, EndpointSlice... slices) {
        NodePlanDelta change = planned(service, slices);
        cleaner.stepped(change, apply(change));
    }

    private static Service dns() {
        return Plans.service("dns", "172.30.0.53", "fd00:172:30::53")
                .loadBalancer("5.6.7.8")
                .externalIp("192.168.99.22")
                .port("dns", Protocol.UDP, 53, 30053)
                .port("dns-tcp", Protocol.TCP, 53, 30053)
                .build();
    }

    private Report report() throws InterruptedException {
        Report report = reports.poll(20, TimeUnit.SECONDS);
        assertNotNull(report, "the cleaner says nothing");
        return report;
    }

    private long deleted(IpFamily family) throws InterruptedException {
        Report.Cleaned cleaned = assertInstanceOf(Report.Cleaned.class, report());
        assertEquals(family, cleaned.family);
        return cleaned.deleted;
    }

    private DatagramSocket open(String address, int port) throws IOException {
        return node.namespace().run(() -> {
            DatagramSocket socket = new DatagramSocket(socket(address, port));
            socket.setSoTimeout(5000);
            return socket;
        });
    }

    private static void send(DatagramSocket client, InetSocketAddress destination) throws IOException {
        client.send(new DatagramPacket(new byte[] {1}, 1, destination));
    }

    private static void assertArrives(DatagramSocket backend) throws IOException {
        backend.receive(new DatagramPacket(new byte[8], 8));
    }

    private List<String> flows(ConntrackFilter filter) {
        List<String> found = new ArrayList<>();
        try (Conntrack conntrack = node.namespace().run(() -> Conntrack.open())) {
            conntrack.read(filter, entry -> found.add(entry.original().copy() + " " + entry.zone()));
        }
        found.sort(null);
        return found;
    }

    private void movesToTheNewBackend(String clientAddress, String oldBackend, String newBackend, String... to)
            throws IOException, InterruptedException {
        IpFamily family = oldBackend.contains(":") ? IpFamily.IPV6 : IpFamily.IPV4;
        Service service = dns();
        step(service, Plans.slice(service, oldBackend + "@node-1"));
        assertEquals(0, deleted(family));
        try (DatagramSocket before = open(oldBackend, 8080);
                DatagramSocket after = open(newBackend, 8080);
                DatagramSocket client = open(clientAddress, 4000)) {
            List<InetSocketAddress> destinations = new ArrayList<>();
            for (String destination : to) {
                String[] parts = destination.split("/", 2);
                destinations.add(socket(parts[0], Integer.parseInt(parts[1])));
            }
            for (InetSocketAddress destination : destinations) {
                send(client, destination);
                assertArrives(before);
            }
            NodePlanDelta replaced = planned(service, Plans.slice(service, newBackend + "@node-1"));
            SyncResult result = apply(replaced);
            for (InetSocketAddress destination : destinations) {
                send(client, destination);
                assertArrives(before); // this is the fault that is cured
            }
            cleaner.stepped(replaced, result);
            assertEquals(to.length, deleted(family));
            for (InetSocketAddress destination : destinations) {
                send(client, destination);
                assertArrives(after);
            }
        }
    }

    @Test
    void nextDatagramReachesTheNewBackend() throws Exception {
        movesToTheNewBackend(
                "10.180.0.9",
                "10.180.0.1",
                "10.180.0.2",
                "172.30.0.53/53",
                "5.6.7.8/53",
                "192.168.99.22/53",
                "192.168.0.1/30053");
    }

    @Test
    void nextDatagramReachesTheNewBackendOverIpv6() throws Exception {
        movesToTheNewBackend("fd00:10::9", "fd00:10::1", "fd00:10::2", "fd00:172:30::53/53");
    }

    @Test
    void flowFromBeforeTheServiceIsTranslatedAfterwards() throws Exception {
        apply(nothing());
        Service service = dns();
        try (DatagramSocket backend = open("10.180.0.1", 8080);
                DatagramSocket client = open("10.180.0.9", 4000)) {
            send(client, socket("5.6.7.8", 53));
            assertEquals(1, flows(ConntrackFilter.ipv4(UDP)).size());
            step(service, Plans.slice(service, "10.180.0.1@node-1"));
            assertEquals(1, deleted(IpFamily.IPV4));
            send(client, socket("5.6.7.8", 53));
            assertArrives(backend);
        }
    }

    @Test
    void flowsOfOthersStay() throws Exception {
        Service service = dns();
        Service other = Plans.service("other", "172.30.0.54")
                .port("dns", Protocol.UDP, 53, 0)
                .build();
        step(service, Plans.slice(service, "10.180.0.1@node-1"));
        assertEquals(0, deleted(IpFamily.IPV4));
        step(other, Plans.slice(other, "10.180.0.3@node-2"));
        assertEquals(0, deleted(IpFamily.IPV4));
        run(
                "nft",
                "table ip zones { chain o { type filter hook output priority -300; udp sport 4005 ct zone set 5; }; }");
        try (DatagramSocket client = open("10.180.0.9", 4000);
                DatagramSocket switched = open("10.180.0.9", 4005);
                ServerSocketChannel server =
                        node.namespace().run(() -> ServerSocketChannel.open().bind(socket("10.180.0.1", 8080)));
                SocketChannel tcp = node.namespace().run(() -> SocketChannel.open(socket("172.30.0.53", 53)))) {
            assertTrue(server.isOpen() && tcp.isConnected());
            send(client, socket("172.30.0.54", 53));
            send(client, socket("10.180.0.1", 53));
            send(client, socket("10.180.0.7", 53));
            send(client, socket("10.180.0.7", 30053));
            send(switched, socket("172.30.0.53", 53));
            List<String> udpBefore = flows(ConntrackFilter.ipv4(UDP));
            List<String> tcpBefore = flows(ConntrackFilter.ipv4(TCP));
            assertEquals(5, udpBefore.size(), udpBefore::toString);
            assertEquals(1, tcpBefore.size(), tcpBefore::toString);
            send(client, socket("172.30.0.53", 53));
            step(service, Plans.slice(service, "10.180.0.2@node-1"));
            assertEquals(1, deleted(IpFamily.IPV4));
            assertEquals(udpBefore, flows(ConntrackFilter.ipv4(UDP)));
            assertEquals(tcpBefore, flows(ConntrackFilter.ipv4(TCP)));
        }
    }

    private void run(String tool, String input) throws IOException, InterruptedException {
        Process process = node.namespace()
                .run(() -> new ProcessBuilder(tool, input).inheritIO().start());
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
    }

    @Test
    void stepsWithoutUdpAskTheKernelNothing() throws Exception {
        Service tcp = Plans.service("tcp", "172.30.0.55").build();
        Service six = Plans.service("six", "fd00:172:30::56")
                .port("dns", Protocol.UDP, 53, 0)
                .build();
        step(tcp, Plans.slice(tcp, "10.180.0.1@node-1"));
        step(tcp, Plans.slice(tcp, "10.180.0.2@node-1"));
        cleaner.stepped(nothing(), CLEAN);
        step(six, Plans.slice(six, "fd00:10::1@node-1"));
        assertEquals(0, deleted(IpFamily.IPV6), "the first report is of the first UDP Service");
        cleaner.stepped(nothing(), CLEAN);
        step(tcp, Plans.slice(tcp, "10.180.0.1@node-1"));
        cleaner.close();
        assertNull(reports.poll());
    }

    @Test
    void flowsThatFormWhileTheKernelIsBehindAreCleanedAgain() throws Exception {
        Service service = dns();
        step(service, Plans.slice(service, "10.180.0.1@node-1"));
        assertEquals(0, deleted(IpFamily.IPV4));
        NodePlanDelta replaced = planned(service, Plans.slice(service, "10.180.0.2@node-1"));
        try (DatagramSocket client = open("10.180.0.9", 4000)) {
            send(client, socket("172.30.0.53", 53));
            cleaner.stepped(replaced, DIRTY);
            assertEquals(1, deleted(IpFamily.IPV4));
            send(client, socket("172.30.0.53", 53));
            apply(replaced);
            cleaner.stepped(nothing(), CLEAN);
            assertEquals(1, deleted(IpFamily.IPV4));
        }
    }

    @Test
    void refusalsAreTriedAgainAFewTimes() throws Exception {
        AtomicInteger refusals = new AtomicInteger(2);
        Supplier<Conntrack> opener = () -> {
            if (refusals.getAndDecrement() > 0) {
                throw new KernelException("open", "conntrack table", 0, "for the test");
            }
            return Conntrack.open();
        };
        Service service = dns();
        try (StaleFlowCleaner refused = cleaner(opener)) {
            refused.stepped(planned(service, Plans.slice(service, "10.180.0.1@node-1")), CLEAN);
            assertEquals(new Report.Failed(IpFamily.IPV4), report());
            assertEquals(new Report.Failed(IpFamily.IPV4), report());
            assertEquals(0, deleted(IpFamily.IPV4));

            refused.stepped(planned(service, Plans.slice(service, "10.180.0.2@node-1")), CLEAN);
            assertEquals(0, deleted(IpFamily.IPV4));
        }
        refusals.set(5);
        try (StaleFlowCleaner gaveUp = cleaner(opener)) {
            gaveUp.stepped(planned(service, Plans.slice(service, "10.180.0.1@node-1")), CLEAN);
            for (int i = 0; i < 5; i++) {
                assertEquals(new Report.Failed(IpFamily.IPV4), report());
            }
            assertNull(reports.poll(200, TimeUnit.MILLISECONDS), "more than the promised attempts");
            gaveUp.stepped(planned(service, Plans.slice(service, "10.180.0.2@node-1")), CLEAN);
            assertEquals(0, deleted(IpFamily.IPV4), "the next change is looked at as ever");
        }
    }

    @Test
    void slowKernelHoldsNobodyUpAndStepsCoalesce() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Supplier<Conntrack> opener = () -> {
            try {
                assertTrue(release.await(20, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return Conntrack.open();
        };
        Service service = dns();
        try (StaleFlowCleaner slow = cleaner(opener)) {
            for (int i = 0; i < 1000; i++) {
                slow.stepped(planned(service, Plans.slice(service, "10.180.1." + (i & 1) + "@node-1")), CLEAN);
            }
            release.countDown();
            assertEquals(0, deleted(IpFamily.IPV4));
            slow.stepped(planned(service, Plans.slice(service, "10.180.0.1@node-1")), CLEAN);
            assertEquals(0, deleted(IpFamily.IPV4));
        }
        assertTrue(reports.size() <= 1, "a thousand steps made " + (reports.size() + 2) + " rounds");
    }

    @Test
    void manyStaleFlowsAmongMany() throws Exception {
        int each = 20_000;
        Service service = dns();
        Service other = Plans.service("other", "172.30.0.54")
                .port("dns", Protocol.UDP, 53, 0)
                .build();
        step(service, Plans.slice(service, "10.180.0.1@node-1"));
        assertEquals(0, deleted(IpFamily.IPV4));
        step(other, Plans.slice(other, "10.180.0.3@node-2"));
        assertEquals(0, deleted(IpFamily.IPV4));
        node.namespace().run(() -> {
            for (int port = 10_000; port < 10_000 + each; port++) {
                try (DatagramSocket client = new DatagramSocket(socket("10.180.0.9", port))) {
                    send(client, socket("172.30.0.53", 53));
                    send(client, socket("172.30.0.54", 53));
                }
            }
        });
        assertEquals(2 * each, flows(ConntrackFilter.ipv4(UDP)).size());
        step(service, Plans.slice(service, "10.180.0.2@node-1"));
        Report.Cleaned cleaned = assertInstanceOf(Report.Cleaned.class, report());
        assertEquals(each, cleaned.deleted);
        assertEquals(each, flows(ConntrackFilter.ipv4(UDP)).size());
        LOG.log(
                System.Logger.Level.INFO,
                each + " stale of " + 2 * each + " UDP flows deleted in " + cleaned.nanos / 1_000_000 + " ms");
        assertTrue(cleaned.nanos < TimeUnit.SECONDS.toNanos(20), cleaned::toString);
    }
}
