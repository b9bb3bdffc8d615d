package io.fairlead.kernel.conntrack;

import static io.fairlead.kernel.route.VethPair.LEFT_V4;
import static io.fairlead.kernel.route.VethPair.LEFT_V6;
import static io.fairlead.kernel.route.VethPair.RIGHT_V4;
import static io.fairlead.kernel.route.VethPair.RIGHT_V6;
import static io.fairlead.kernel.route.VethPair.ip;
import static io.fairlead.kernel.route.VethPair.v6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.fairlead.kernel.Sysctl;
import io.fairlead.kernel.netns.Tool;
import io.fairlead.kernel.route.MacAddress;
import io.fairlead.kernel.route.Neighbour;
import io.fairlead.kernel.route.NextHop;
import io.fairlead.kernel.route.Route;
import io.fairlead.kernel.route.RouteNetlink;
import io.fairlead.kernel.route.VethPair;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The left host sends and its table is looked at. What nobody answers goes to 10.77.0.99, a host that is not there. */
class ConntrackTest {

    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SCTP = 132;
    private static final int IPS_DST_NAT = 1 << 5;
    private static final InetAddress VIRTUAL = ip(10, 96, 0, 1);
    private static final InetAddress NOBODY = ip(10, 77, 0, 99);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final VethPair hosts = VethPair.create();
    private final Conntrack conntrack = hosts.left().run(() -> Conntrack.open());
    private final Conntrack withoutFilteredDelete = hosts.left().run(() -> Conntrack.open(false));

    @BeforeEach
    void trackFlows() {
        hosts.left().run(() -> {
            Tool.run("nft", """
                    table inet track {
                        chain zones { type filter hook output priority -300; udp dport 7005 ct zone set 5; }
                        chain marks { type filter hook output priority 0; ct state new ct mark set 7; }
                    }
                    table ip nat {
                        chain output {
                            type nat hook output priority -100;
                            ip daddr 10.96.0.1 udp dport 53 dnat to 10.77.0.2:5353;
                        }
                    }
                    """);
            try (RouteNetlink route = RouteNetlink.open()) {
                int wire = route.link("wire").index();
                route.addRoute(Route.of(VIRTUAL, 32, new NextHop.Gateway(RIGHT_V4, wire)));
                route.setNeighbour(new Neighbour(wire, NOBODY, new MacAddress(0x02L << 40), Neighbour.PERMANENT));
            }
        });
    }

    @AfterEach
    void close() {
        conntrack.close();
        withoutFilteredDelete.close();
        hosts.close();
    }

    /** Sends one datagram to each port, from one socket that is bound to the source port. */
    private void send(InetAddress source, int sourcePort, InetAddress destination, int... ports) throws IOException {
        hosts.left().run(() -> {
            try (DatagramChannel socket = DatagramChannel.open()) {
                socket.bind(new InetSocketAddress(source, sourcePort));
                for (int port : ports) {
                    socket.send(ByteBuffer.allocate(8), new InetSocketAddress(destination, port));
                }
            }
        });
    }

    private Set<String> flows(ConntrackFilter filter) {
        Set<String> flows = new TreeSet<>();
        conntrack.read(filter, entry -> flows.add(text(entry.original().copy())));
        return flows;
    }

    private static String text(Tuple tuple) {
        return tuple.source().getHostAddress() + ":" + tuple.sourcePort() + ">"
                + tuple.destination().getHostAddress() + ":" + tuple.destinationPort();
    }

    @Test
    void entryTellsEverythingAboutAFlow() throws IOException {
        send(LEFT_V4, 4000, VIRTUAL, 53);
        List<Tuple> replies = new ArrayList<>();
        ConntrackFilter filter =
                ConntrackFilter.ipv4(UDP).originalDestination(VIRTUAL).originalDestinationPort(53);
        conntrack.read(filter, entry -> {
            assertEquals(
                    new Tuple(UDP, LEFT_V4, 4000, VIRTUAL, 53), entry.original().copy());
            assertEquals(0x0a60_0001L, entry.original().destinationLow());
            assertEquals(0L, entry.original().destinationHigh());
            assertEquals(7, entry.mark());
            assertEquals(0, entry.zone());
            assertNotEquals(0, entry.status() & IPS_DST_NAT);
            assertTrue(entry.timeoutSeconds() > 0 && entry.timeoutSeconds() <= 30, "ages in " + entry.timeoutSeconds());
            replies.add(entry.reply().copy());
        });
        assertEquals(List.of(new Tuple(UDP, RIGHT_V4, 5353, LEFT_V4, 4000)), replies);
        String witness = hosts.left().run(() -> Tool.run("conntrack", "-L", "-p", "udp", "-d", "10.96.0.1"));
        assertTrue(witness.contains("dst=10.96.0.1 sport=4000 dport=53"), witness);
    }

    @Test
    void everyFamilyAndProtocolIsReadAtOnceWithItsStateAndCounters() throws IOException {
        hosts.left().run(() -> new Sysctl("net/netfilter/nf_conntrack_acct").write(1));
        send(LEFT_V4, 4000, RIGHT_V4, 7001);
        send(LEFT_V6, 4000, RIGHT_V6, 7001);
        hosts.right().run(() -> {
            ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(RIGHT_V4, 8080));
            try (server;
                    SocketChannel client =
                            hosts.left().run(() -> SocketChannel.open(new InetSocketAddress(RIGHT_V4, 8080)))) {
                assertTrue(client.isConnected());
                Set<String> seen = new TreeSet<>();
                conntrack.readAll(entry -> {
                    int port = entry.original().destinationPort();
                    if (port == 7001 || port == 8080) {
                        seen.add(
                                (entry.original().isIpv6() ? "v6 " : "v4 ") + port + " state " + entry.protocolState());
                        assertTrue(entry.packets() > 0 && entry.bytes() > entry.packets(), "not counted");
                    }
                });
                // TCP_CONNTRACK_ESTABLISHED
                assertEquals(Set.of("v4 7001 state 0", "v6 7001 state 0", "v4 8080 state 3"), seen);
            }
        });
    }

    @Test
    void deletesTheFlowsOfAFilterAndNoOthers() throws IOException {
        for (Conntrack way : List.of(conntrack, withoutFilteredDelete)) {
            send(LEFT_V4, 4000, VIRTUAL, 53);
            send(LEFT_V4, 4001, NOBODY, 53, 54);
            way.delete(ConntrackFilter.ipv4(UDP).originalDestination(VIRTUAL).originalDestinationPort(53));
            assertEquals(
                    Set.of("10.77.0.1:4001>10.77.0.99:53", "10.77.0.1:4001>10.77.0.99:54"),
                    flows(ConntrackFilter.ipv4(UDP)));
            String witness = hosts.left().run(() -> Tool.run("conntrack", "-L", "-p", "udp"));
            assertFalse(witness.contains("10.96.0.1"), witness);
            way.delete(ConntrackFilter.ipv4(UDP));
            assertEquals(Set.of(), flows(ConntrackFilter.ipv4(UDP)));
        }
    }

    @Test
    void deletesByTheBackendThatAnswers() throws IOException {
        for (Conntrack way : List.of(conntrack, withoutFilteredDelete)) {
            send(LEFT_V4, 4000, VIRTUAL, 53);
            send(LEFT_V4, 4001, NOBODY, 5353);
            way.delete(ConntrackFilter.ipv4(UDP).originalDestination(VIRTUAL).replySource(NOBODY));
            assertEquals(2, flows(ConntrackFilter.ipv4(UDP)).size());
            way.delete(ConntrackFilter.ipv4(UDP).replySource(RIGHT_V4).replySourcePort(5353));
            assertEquals(Set.of("10.77.0.1:4001>10.77.0.99:5353"), flows(ConntrackFilter.ipv4(UDP)));
        }
    }

    @Test
    void bothWaysOfDeletingAgreeWithTheFilter() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ConntrackFilter everything = ConntrackFilter.ipv4(UDP);
        for (int round = 0; round < 10; round++) {
            ConntrackFilter filter = randomFilter(random);
            List<Set<String>> left = new ArrayList<>();
            Set<String> expected = Set.of();
            for (Conntrack way : List.of(conntrack, withoutFilteredDelete)) {
                sendToManyPorts();
                expected = flows(everything);
                assertEquals(24, expected.size());
                expected.removeAll(flows(filter));
                way.delete(filter);
                left.add(flows(everything));
                conntrack.delete(everything);
            }
            assertEquals(List.of(expected, expected), left, "seed " + seed + ", " + filter);
        }
    }

    private void sendToManyPorts() throws IOException {
        for (int sourcePort = 4000; sourcePort < 4003; sourcePort++) {
            send(LEFT_V4, sourcePort, NOBODY, 50, 51, 52, 53);
            send(LEFT_V4, sourcePort, VIRTUAL, 50, 51, 52, 53);
        }
    }

    private static ConntrackFilter randomFilter(Random random) {
        ConntrackFilter filter = ConntrackFilter.ipv4(UDP);
        if (random.nextBoolean()) {
            filter = filter.originalDestination(random.nextBoolean() ? NOBODY : VIRTUAL);
        }
        if (random.nextBoolean()) {
            filter = filter.originalDestinationPort(50 + random.nextInt(5));
        }
        if (random.nextBoolean()) {
            filter = filter.originalSourcePort(4000 + random.nextInt(4));
        }
        if (random.nextInt(4) == 0) {
            filter = filter.originalSource(LEFT_V4);
        }
        if (random.nextInt(4) == 0) {
            filter = filter.replySource(random.nextBoolean() ? NOBODY : RIGHT_V4);
        }
        return random.nextInt(4) == 0 ? filter.replySourcePort(5353) : filter;
    }

    @Test
    void sixIsDeletedWithoutTouchingFour() throws IOException {
        ConntrackFilter six =
                ConntrackFilter.ipv6(UDP).originalDestination(RIGHT_V6).originalDestinationPort(53);
        for (Conntrack way : List.of(conntrack, withoutFilteredDelete)) {
            send(LEFT_V6, 4000, RIGHT_V6, 53, 54);
            send(LEFT_V6, 4000, v6(3), 53);
            send(LEFT_V4, 4000, NOBODY, 53);
            conntrack.read(six, entry -> {
                assertEquals(
                        new Tuple(UDP, LEFT_V6, 4000, RIGHT_V6, 53),
                        entry.original().copy());
                assertEquals(0xfd77_0000_0000_0000L, entry.original().destinationHigh());
                assertEquals(2L, entry.original().destinationLow());
            });
            assertEquals(1, flows(six).size());
            way.delete(six);
            assertEquals(0, flows(six).size());
            assertEquals(2, flows(ConntrackFilter.ipv6(UDP)).size());
            assertEquals(1, flows(ConntrackFilter.ipv4(UDP)).size());
            way.delete(ConntrackFilter.ipv6(UDP));
        }
    }

    @Test
    void portsOfSctpCountThoughTheKernelIgnoresThem() {
        ConntrackFilter sctp = ConntrackFilter.ipv4(SCTP);
        for (Conntrack way : List.of(conntrack, withoutFilteredDelete)) {
            for (String port : List.of("7", "8")) {
                String insert =
                        "conntrack -I -p sctp --state ESTABLISHED -t 100 --orig-vtag 1 --reply-vtag 2 -s 10.77.0.1 -d 10.77.0.99 --sport 4000";
                List<String> command = new ArrayList<>(List.of(insert.split(" ")));
                command.addAll(List.of("--dport", port));
                hosts.left().run(() -> Tool.run(command.toArray(String[]::new)));
            }
            way.delete(sctp.originalDestination(NOBODY).originalDestinationPort(7));
            assertEquals(Set.of("10.77.0.1:4000>10.77.0.99:8"), flows(sctp));
            way.delete(sctp);
            assertEquals(Set.of(), flows(sctp));
        }
    }

    @Test
    void completeFilterStillLooksAtTheReply() throws IOException {
        send(LEFT_V4, 4000, VIRTUAL, 53);
        ConntrackFilter flow = ConntrackFilter.ipv4(UDP)
                .originalSource(LEFT_V4)
                .originalSourcePort(4000)
                .originalDestination(VIRTUAL)
                .originalDestinationPort(53);
        for (Conntrack way : List.of(conntrack, withoutFilteredDelete)) {
            way.delete(flow.replySource(NOBODY));
            assertEquals(1, flows(flow).size());
        }
        conntrack.delete(flow.replySource(RIGHT_V4));
        assertEquals(0, flows(flow).size());
    }

    @Test
    void oneConnectionIsDeletedByItsTuple() throws IOException {
        try (ServerSocketChannel server = hosts.right().run(() -> ServerSocketChannel.open());
                SocketChannel client = hosts.left().run(() -> SocketChannel.open())) {
            server.bind(new InetSocketAddress(RIGHT_V4, 8080));
            client.connect(new InetSocketAddress(RIGHT_V4, 8080));
            InetSocketAddress local = (InetSocketAddress) client.getLocalAddress();
            Tuple tuple = new Tuple(TCP, LEFT_V4, local.getPort(), RIGHT_V4, 8080);
            assertEquals(Set.of(text(tuple)), flows(ConntrackFilter.ipv4(TCP)));
            Tuple otherPort = new Tuple(TCP, LEFT_V4, local.getPort(), RIGHT_V4, 8081);
            assertFalse(conntrack.delete(otherPort));
            assertTrue(conntrack.delete(tuple));
            assertFalse(conntrack.delete(tuple));
            assertEquals(Set.of(), flows(ConntrackFilter.ipv4(TCP)));
        }
    }

    @Test
    void chosenEntriesAreDeletedAndCounted() throws IOException {
        send(LEFT_V4, 4000, NOBODY, 50, 51, 52, 53);
        Predicate<ConntrackEntry> odd = entry -> entry.original().destinationPort() % 2 == 1;
        assertEquals(2, conntrack.deleteIf(ConntrackFilter.ipv4(UDP), odd));
        assertEquals(
                Set.of("10.77.0.1:4000>10.77.0.99:50", "10.77.0.1:4000>10.77.0.99:52"),
                flows(ConntrackFilter.ipv4(UDP)));
        assertEquals(0, conntrack.deleteIf(ConntrackFilter.ipv4(UDP), odd));
    }

    @Test
    void chosenEntryThatEndedByItselfIsNotCounted() throws IOException {
        send(LEFT_V4, 4000, NOBODY, 50, 51);
        long deleted = conntrack.deleteIf(
                ConntrackFilter.ipv4(UDP),
                entry -> withoutFilteredDelete.delete(entry.original().copy()));
        assertEquals(0, deleted);
        assertEquals(Set.of(), flows(ConntrackFilter.ipv4(UDP)));
    }

    @Test
    void zonesAndProtocolsWithoutPortsAreDeletedToo() throws IOException {
        send(LEFT_V4, 4000, NOBODY, 7005);
        hosts.left().run(() -> RIGHT_V4.isReachable(1000));
        conntrack.read(ConntrackFilter.ipv4(UDP), entry -> assertEquals(5, entry.zone()));
        for (int protocol : new int[] {UDP, ICMP}) {
            assertEquals(1, flows(ConntrackFilter.ipv4(protocol)).size());
            assertEquals(1, conntrack.deleteIf(ConntrackFilter.ipv4(protocol), any -> true));
            assertEquals(0, flows(ConntrackFilter.ipv4(protocol)).size());
        }
    }

    @Test
    void visitorThatThrowsLeavesTheSocketUsable() throws IOException {
        send(LEFT_V4, 4000, NOBODY, 50, 51);
        IllegalStateException thrown = new IllegalStateException("of the visitor");
        assertEquals(
                thrown,
                assertThrows(
                        IllegalStateException.class,
                        () -> conntrack.read(ConntrackFilter.ipv4(UDP), entry -> {
                            throw thrown;
                        })));
        assertEquals(2, flows(ConntrackFilter.ipv4(UDP)).size());
    }

    @Test
    void largeTableIsReadAndEmptiedInBoundedRounds() throws IOException {
        int ports = 35_000;
        int[] each = new int[ports];
        for (int i = 0; i < ports; i++) {
            each[i] = 10_000 + i;
        }
        ConntrackFilter toNobody = ConntrackFilter.ipv4(UDP).originalDestination(NOBODY);
        long start = System.nanoTime();
        for (Conntrack way : List.of(conntrack, withoutFilteredDelete)) {
            send(LEFT_V4, 4000, NOBODY, each);
            send(LEFT_V4, 4001, NOBODY, each);
            start = printed("70,000 flows made", start);
            assertTrue(conntrack.usage().entries() >= 2L * ports);
            long[] seen = new long[1];
            conntrack.read(toNobody, entry -> seen[0]++);
            seen[0] = 0;
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            start = System.nanoTime();
            conntrack.read(toNobody, entry -> seen[0]++);
            start = printed("70,000 entries listed", start);
            allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
            assertTrue(allocated < 4 * seen[0], allocated + " bytes allocated for " + seen[0] + " entries");
            assertEquals(2L * ports, seen[0]);
            conntrack.read(toNobody.originalDestinationPort(10_500), entry -> seen[0]++);
            start = printed("2 of 70,000 listed", start);
            assertEquals(2L * ports + 2, seen[0]);
            way.delete(toNobody);
            start = printed("70,000 entries deleted", start);
            assertEquals(0, flows(toNobody).size());
        }
    }

    private static long printed(String what, long start) {
        long end = System.nanoTime();
        System.out.println(what + " in " + (end - start) / 1000 + " us");
        return end;
    }

    @Test
    void usageCountsThisNamespace() throws IOException {
        Conntrack.Usage before = conntrack.usage();
        send(LEFT_V4, 4000, NOBODY, 50, 51, 52);
        Conntrack.Usage after = conntrack.usage();
        assertEquals(before.entries() + 3, after.entries());
        assertTrue(after.entriesMax() > 3, after.toString());
    }

    @Test
    void filterSaysWhatItMeans() {
        ConntrackFilter filter =
                ConntrackFilter.ipv4(UDP).originalDestination(VIRTUAL).originalDestinationPort(53);
        assertEquals(
                "IPv4 flows of protocol 17 from any port any to 10.96.0.1 port 53, reply from any port any to any port any",
                filter.toString());
    }

    @Test
    void filtersRefuseWhatCannotMatch() {
        assertThrows(IllegalArgumentException.class, () -> ConntrackFilter.ipv4(0));
        assertThrows(IllegalArgumentException.class, () -> ConntrackFilter.ipv4(256));
        assertThrows(
                IllegalArgumentException.class, () -> ConntrackFilter.ipv4(UDP).originalDestination(RIGHT_V6));
        assertThrows(
                IllegalArgumentException.class, () -> ConntrackFilter.ipv6(UDP).replySource(RIGHT_V4));
        assertThrows(
                IllegalArgumentException.class, () -> ConntrackFilter.ipv4(UDP).originalDestinationPort(65536));
        assertThrows(
                IllegalArgumentException.class, () -> ConntrackFilter.ipv4(UDP).replySourcePort(-1));
        assertThrows(IllegalArgumentException.class, () -> new Tuple(UDP, LEFT_V4, 1, RIGHT_V6, 2));
    }
}
