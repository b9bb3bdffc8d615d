package io.fairlead.kernel.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.netlink.NetlinkSocket.Received;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.netns.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Conversations with this kernel, by rtnetlink, in a namespace of their own. */
@Timeout(30)
class NetlinkClientTest {

    private static final int NEW_LINK = 16;
    private static final int DELETE_LINK = 17;
    private static final int GET_LINK = 18;
    /** struct ifinfomsg. */
    private static final int LINK_HEADER_BYTES = 16;

    private static final int LINK_NAME = 3;
    private static final int LINK_INFO = 18;
    private static final int LINK_KIND = 1;
    private static final int GROUP_LINK = 1;

    private final NetNs namespace = NetNs.anonymous();
    private final NetlinkClient client = namespace.run(() -> NetlinkClient.open(NetlinkProtocol.ROUTE));

    @AfterEach
    void leave() {
        client.close();
        namespace.close();
    }

    private static void linkHeader(NetlinkWriter writer) {
        for (int i = 0; i < LINK_HEADER_BYTES; i += Integer.BYTES) {
            writer.fixedInt(0);
        }
    }

    private void addBridge(String name) {
        NetlinkWriter writer = client.begin(NEW_LINK, NetlinkClient.FLAG_CREATE | NetlinkClient.FLAG_EXCLUSIVE);
        linkHeader(writer);
        writer.putText(LINK_NAME, name);
        int info = writer.beginNested(LINK_INFO);
        writer.putText(LINK_KIND, "bridge");
        writer.endNested(info);
        client.execute("add link", name);
    }

    private void deleteLink(String name) {
        NetlinkWriter writer = client.begin(DELETE_LINK, 0);
        linkHeader(writer);
        writer.putText(LINK_NAME, name);
        client.execute("delete link", name);
    }

    /** Collects names of links. */
    private static final class Names implements NetlinkClient.DumpVisitor {
        private final List<String> names = new ArrayList<>();
        private final NetlinkAttributes attributes = new NetlinkAttributes();
        private int attempts;

        @Override
        public void begin() {
            names.clear();
            attempts++;
        }

        @Override
        public void message(NetlinkMessage message) {
            message.attributes(LINK_HEADER_BYTES, attributes);
            while (attributes.next()) {
                if (attributes.type() == LINK_NAME) {
                    names.add(attributes.textValue());
                }
            }
        }
    }

    private void dumpLinks(NetlinkClient.DumpVisitor visitor) {
        linkHeader(client.begin(GET_LINK, 0));
        client.dump("read links of", "test", visitor);
    }

    @Test
    void executesAsksAndDumps() {
        addBridge("br-one");
        addBridge("br-two");
        Names all = new Names();
        dumpLinks(all);
        assertEquals(List.of("lo", "br-one", "br-two"), all.names);
        assertEquals(1, all.attempts);

        NetlinkWriter writer = client.begin(GET_LINK, 0);
        linkHeader(writer);
        writer.putText(LINK_NAME, "br-two");
        Names one = new Names();
        client.ask("read link", "br-two", one);
        assertEquals(List.of("br-two"), one.names);

        deleteLink("br-one");
        dumpLinks(all);
        assertEquals(List.of("lo", "br-two"), all.names);
    }

    @Test
    void dumpsMoreThanOneDatagramHolds() {
        namespace.run(() -> Tool.run("sh", "-c", "seq 100 | sed 's/.*/link add br& type bridge/' | ip -batch -"));

        Names names = new Names();
        dumpLinks(names);

        assertEquals(101, names.names.stream().distinct().count());
    }

    @Test
    void errorsCarryStepErrnoAndTheKernelsWords() {
        addBridge("br-one");
        KernelException exists = assertThrows(KernelException.class, () -> addBridge("br-one"));
        assertEquals("add link", exists.operation());
        assertEquals("br-one", exists.target());
        assertEquals(Errno.EEXIST, exists.errno());

        KernelException tooLong = assertThrows(KernelException.class, () -> addBridge("x".repeat(40)));
        assertEquals(Errno.ERANGE, tooLong.errno());
        assertTrue(tooLong.toString().contains("Attribute failed policy validation"), tooLong.toString());
    }

    @Test
    void conversationGoesOnAfterAVisitorFailed() {
        namespace.run(() -> Tool.run("sh", "-c", "seq 100 | sed 's/.*/link add br& type bridge/' | ip -batch -"));
        NetlinkClient.DumpVisitor failing = new NetlinkClient.DumpVisitor() {
            @Override
            public void begin() {}

            @Override
            public void message(NetlinkMessage message) {
                throw new IllegalStateException("stop");
            }
        };
        assertThrows(IllegalStateException.class, () -> dumpLinks(failing));

        Names names = new Names();
        dumpLinks(names);
        assertEquals(101, names.names.size());
    }

    @Test
    void readsAgainWhatChangedMeanwhile() {
        namespace.run(() -> Tool.run("sh", "-c", "seq 100 | sed 's/.*/link add br& type bridge/' | ip -batch -"));
        AtomicInteger messages = new AtomicInteger();
        Names names = new Names();
        NetlinkClient.DumpVisitor disturbing = new NetlinkClient.DumpVisitor() {
            @Override
            public void begin() {
                names.begin();
            }

            @Override
            public void message(NetlinkMessage message) {
                names.message(message);
                if (messages.incrementAndGet() == 1) {
                    namespace.run(() -> Tool.run("ip", "link", "del", "br100"));
                }
            }
        };

        dumpLinks(disturbing);

        assertEquals(2, names.attempts);
        assertEquals(100, names.names.size());
    }

    @Test
    void givesUpWhatChangesWheneverItIsRead() {
        namespace.run(() -> Tool.run("sh", "-c", "seq 100 | sed 's/.*/link add br& type bridge/' | ip -batch -"));
        NetlinkClient other = namespace.run(() -> NetlinkClient.open(NetlinkProtocol.ROUTE));
        try (other) {
            AtomicInteger attempts = new AtomicInteger();
            NetlinkClient.DumpVisitor disturbing = new NetlinkClient.DumpVisitor() {
                private boolean disturbed;

                @Override
                public void begin() {
                    disturbed = false;
                    attempts.incrementAndGet();
                }

                @Override
                public void message(NetlinkMessage message) {
                    if (!disturbed) {
                        disturbed = true;
                        NetlinkWriter writer = other.begin(DELETE_LINK, 0);
                        linkHeader(writer);
                        writer.putText(LINK_NAME, "br" + (100 - attempts.get()));
                        other.execute("delete link", "br");
                    }
                }
            };

            KernelException failure = assertThrows(KernelException.class, () -> dumpLinks(disturbing));

            assertEquals(Errno.EINTR, failure.errno());
            assertEquals(20, attempts.get());
        }
    }

    @Test
    void collectsTheAnswersOfSeveralRequestsInOneDatagram() {
        NetlinkWriter writer = client.begin(DELETE_LINK, NetlinkClient.FLAG_ACK);
        linkHeader(writer);
        writer.putText(LINK_NAME, "none");
        int first = client.sequence();
        client.beginAnother(GET_LINK, NetlinkClient.FLAG_ACK);
        linkHeader(writer);
        writer.putText(LINK_NAME, "lo");

        List<NetlinkAnswer> answers = client.executeAll("test", "links");

        assertEquals(
                List.of(first, first + 1),
                answers.stream().map(NetlinkAnswer::sequence).toList());
        assertEquals(
                List.of(Errno.ENODEV, 0),
                answers.stream().map(NetlinkAnswer::errno).toList());
    }

    @Test
    void socketTimesOutAndIsWokenByAnotherThread() {
        NetlinkMessage message = new NetlinkMessage();
        try (NetlinkSocket socket = namespace.run(() -> NetlinkSocket.open(NetlinkProtocol.ROUTE))) {
            assertEquals(Received.TIMEOUT, socket.receive(message, 0));
            assertEquals(Received.TIMEOUT, socket.receive(message, 20));
            Thread.ofPlatform().start(socket::wakeup);
            assertEquals(Received.WOKEN, socket.receive(message, -1));
            assertEquals(Received.TIMEOUT, socket.receive(message, 0));
        }
    }

    @Test
    void refusesAGroupThatDoesNotExist() {
        try (NetlinkSocket socket = namespace.run(() -> NetlinkSocket.open(NetlinkProtocol.ROUTE))) {
            KernelException failure = assertThrows(KernelException.class, () -> socket.subscribe(100_000));
            assertTrue(failure.toString().contains("subscribe to group 100000"), failure.toString());
        }
    }

    @Test
    void monitorReportsChangesUntilItIsClosed() throws InterruptedException {
        List<Integer> types = new ArrayList<>();
        CountDownLatch seen = new CountDownLatch(1);
        NetlinkMonitor monitor = namespace.run(() -> NetlinkMonitor.open(
                NetlinkProtocol.ROUTE,
                new NetlinkMonitor.Listener() {
                    @Override
                    public void message(NetlinkMessage message) {
                        types.add(message.type());
                        if (message.type() == DELETE_LINK) {
                            seen.countDown();
                        }
                    }

                    @Override
                    public void lost() {
                        throw new AssertionError("nothing was lost");
                    }
                },
                GROUP_LINK));
        Thread thread = Thread.ofPlatform().start(monitor);
        addBridge("br-one");
        deleteLink("br-one");

        assertTrue(seen.await(10, TimeUnit.SECONDS));
        monitor.close();
        thread.join(10_000);
        assertFalse(thread.isAlive());
        assertEquals(NEW_LINK, types.getFirst());
        assertEquals(DELETE_LINK, types.getLast());
    }

    @Test
    void monitorSaysThatMessagesWereLost() throws InterruptedException {
        CountDownLatch lost = new CountDownLatch(1);
        NetlinkMonitor monitor = namespace.run(() -> NetlinkMonitor.open(
                NetlinkProtocol.ROUTE,
                new NetlinkMonitor.Listener() {
                    @Override
                    public void message(NetlinkMessage message) {}

                    @Override
                    public void lost() {
                        lost.countDown();
                    }
                },
                GROUP_LINK));
        addBridge("br-one");
        // Nobody reads yet: each change is a notification of about 1.5 KB, the queue holds 8 MB.
        setMtuRepeatedly("br-one", 6_000);
        Thread thread = Thread.ofPlatform().start(monitor);

        assertTrue(lost.await(10, TimeUnit.SECONDS));
        monitor.close();
        thread.join(10_000);
        assertFalse(thread.isAlive());
    }

    private void setMtuRepeatedly(String link, int times) {
        int mtu = 4;
        for (int i = 0; i < times; i++) {
            NetlinkWriter writer = client.begin(NEW_LINK, 0);
            linkHeader(writer);
            writer.putText(LINK_NAME, link);
            writer.putInt(mtu, 1000 + i % 2);
            client.execute("set mtu of", link);
        }
    }

    @Test
    void closedMonitorDoesNotRun() {
        NetlinkMonitor monitor = namespace.run(() -> NetlinkMonitor.open(
                NetlinkProtocol.ROUTE,
                new NetlinkMonitor.Listener() {
                    @Override
                    public void message(NetlinkMessage message) {}

                    @Override
                    public void lost() {}
                },
                GROUP_LINK));
        monitor.close();
        monitor.close();
        monitor.run();
    }
}
