package io.fairlead.agent.relay;

import static io.fairlead.agent.TestNode.socket;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.TestNode;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.Plans.ServiceBuilder;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.agent.plan.ServicePlanner;
import io.fairlead.agent.plan.ServicePortName;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real sockets in a namespace in which pods fd00:10::1 and fd00:10::2 have port 8080. */
class LoopbackRelayTest {

    private static final int PORT = 30080;
    private static final LoopbackRelay.Limits LIMITS = new LoopbackRelay.Limits(4, Duration.ofMillis(300));

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final TestNode node = new TestNode("fd00:10::1", "fd00:10::2");
    private final NetNs namespace = node.namespace();
    private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();
    private final Map<ObjectName, ServicePlan> plans = new HashMap<>();
    private final LoopbackRelay relay = relay();

    private LoopbackRelay relay() {
        RelayObserver observer = new RelayObserver() {
            @Override
            public void listening(int listeners) {
                events.add("listening " + listeners);
            }

            @Override
            public void bindFailed(ServicePortName port) {
                events.add("failed " + port);
            }

            @Override
            public void turnedAway(ServicePortName port) {
                events.add("turned away " + port);
            }
        };
        // Virtual threads would run on carriers of the test's own namespace, or leave some in this one.
        LoopbackRelay fresh =
                new LoopbackRelay(observer, Thread.ofPlatform().daemon().factory(), LIMITS);
        namespace.run(fresh::start);
        return fresh;
    }

    @AfterEach
    void close() throws Exception {
        relay.close();
        for (AutoCloseable socket : opened) {
            socket.close();
        }
        node.close();
    }

    private static ServiceBuilder web() {
        return Plans.service("web", "fd00:172:30::41").nodePort(PORT);
    }

    private void step(ServiceBuilder builder, String... endpoints) {
        Service service = builder.build();
        ServicePlan after = endpoints.length == 0
                ? ServicePlanner.plan(service, List.of(), Plans.NODE)
                : ServicePlanner.plan(service, List.of(Plans.slice(service, endpoints)), Plans.NODE);
        ServicePlan before = plans.put(service.name(), after);
        ServicePlan from = before == null ? ServicePlan.nothing(service.name()) : before;
        relay.stepped(new NodePlanDelta(List.of(new ServiceChange(from, after)), Plans.SETTINGS, Plans.SETTINGS));
    }

    private void stepNothing() {
        relay.stepped(new NodePlanDelta(List.of(), Plans.SETTINGS, Plans.SETTINGS));
    }

    private void expect(String event) throws InterruptedException {
        assertEquals(event, events.poll(10, TimeUnit.SECONDS));
    }

    /** A backend; what it does with a connection runs in a thread of its own. */
    private void serve(String address, Conversation conversation) throws IOException {
        ServerSocket server = namespace.run(() -> {
            ServerSocket socket = new ServerSocket();
            socket.setReceiveBufferSize(64 * 1024);
            socket.bind(socket(address, 8080));
            return socket;
        });
        opened.add(server);
        Thread.ofPlatform().daemon().start(() -> {
            while (true) {
                try {
                    Socket connection = server.accept();
                    opened.add(connection);
                    Thread.ofPlatform().daemon().start(() -> hold(conversation, connection));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    @FunctionalInterface
    private interface Conversation {
        void hold(InputStream in, OutputStream out) throws IOException;
    }

    private static void hold(Conversation conversation, Socket connection) {
        try (connection) {
            conversation.hold(connection.getInputStream(), connection.getOutputStream());
        } catch (IOException e) {
            // The client sees it.
        }
    }

    /** Says its name after the client has said all. */
    private void serveName(String address) throws IOException {
        serve(address, (in, out) -> {
            byte[] said = in.readAllBytes();
            out.write((new String(said, StandardCharsets.UTF_8) + " to " + address).getBytes(StandardCharsets.UTF_8));
        });
    }

    private void serveEcho(String address) throws IOException {
        serve(address, InputStream::transferTo);
    }

    private Socket connect(String address) throws IOException {
        Socket socket = namespace.run(() -> {
            Socket fresh = new Socket();
            fresh.connect(socket(address, PORT), 5000);
            return fresh;
        });
        socket.setSoTimeout(10_000);
        opened.add(socket);
        return socket;
    }

    private String ask() throws IOException {
        try (Socket socket = connect("::1")) {
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void echoed(Socket socket, int value) throws IOException {
        socket.getOutputStream().write(value);
        assertEquals(value, socket.getInputStream().read());
    }

    private static void assertReset(Socket socket) {
        assertThrows(
                SocketException.class,
                () -> assertEquals(-2, socket.getInputStream().read(), "no reset"));
    }

    /** The reset may come before the client has noticed that it was connected. */
    private void assertConnectionIsReset() {
        SocketException end = assertThrows(
                SocketException.class,
                () -> assertEquals(-2, connect("::1").getInputStream().read(), "no reset"));
        assertEquals(SocketException.class, end.getClass(), "refused or timed out instead of reset");
    }

    @Test
    void everyBackendIsReachedAndHalfAConnectionMayEndFirst() throws Exception {
        serveName("fd00:10::1");
        serveName("fd00:10::2");
        step(web(), "fd00:10::1@node-1", "fd00:10::2@node-1");
        expect("listening 1");
        Set<String> answers = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            answers.add(ask());
        }
        assertEquals(Set.of("hello to fd00:10::1", "hello to fd00:10::2"), answers);
    }

    @Test
    void everyByteArrivesInBothDirections() throws Exception {
        serveEcho("fd00:10::1");
        step(web(), "fd00:10::1@node-1");
        expect("listening 1");
        long seed = System.nanoTime();
        byte[] sent = new byte[16 << 20];
        new Random(seed).nextBytes(sent);
        try (Socket socket = connect("::1")) {
            Thread writer = Thread.ofPlatform().start(() -> {
                try {
                    socket.getOutputStream().write(sent);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertArrayEquals(sent, socket.getInputStream().readAllBytes(), "seed " + seed);
            writer.join();
        }
    }

    @Test
    void readerThatStopsStopsTheWriter() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        serve("fd00:10::1", (_, _) -> {
            try {
                assertTrue(end.await(30, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        step(web(), "fd00:10::1@node-1");
        expect("listening 1");
        try (SocketChannel client = namespace.run(() -> SocketChannel.open(socket("::1", PORT)))) {
            client.configureBlocking(false);
            ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
            long accepted = 0;
            // Full once the kernel has taken nothing for a while: its buffers and ours are all there is.
            for (int idle = 0; idle < 20; ) {
                int written = client.write(buffer.clear());
                accepted += written;
                idle = written == 0 ? idle + 1 : 0;
                if (written == 0) {
                    assertFalse(end.await(20, TimeUnit.MILLISECONDS));
                }
                assertTrue(accepted < 64 << 20, "nothing holds the writer back");
            }
        } finally {
            end.countDown();
        }
    }

    @Test
    void whatIsNotServedIsRefused() throws Exception {
        serveEcho("fd00:10::1");
        step(web());
        stepNothing();
        assertThrows(ConnectException.class, () -> connect("::1"));
        step(web(), "fd00:10::1@node-1");
        expect("listening 1");
        assertThrows(ConnectException.class, () -> connect("127.0.0.1"));
        assertThrows(ConnectException.class, () -> connect("fd00:10::1"));
        echoed(connect("::1"), 1);
        step(web());
        expect("listening 0");
        assertThrows(ConnectException.class, () -> connect("::1"));
    }

    @Test
    void connectionsSurviveThePlanAndEndWithTheRelay() throws Exception {
        serveEcho("fd00:10::1");
        serveName("fd00:10::2");
        step(web(), "fd00:10::1@node-1");
        expect("listening 1");
        Socket socket = connect("::1");
        echoed(socket, 1);
        step(web(), "fd00:10::2@node-1");
        assertEquals("hello to fd00:10::2", askUntil("hello to fd00:10::2"));
        echoed(socket, 2);
        step(web());
        expect("listening 0");
        echoed(socket, 3);
        relay.close();
        assertReset(socket);
    }

    /** The plan reaches the relay's thread a moment after the step. */
    private String askUntil(String answer) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        String last;
        do {
            last = ask();
        } while (!last.equals(answer) && System.nanoTime() < deadline);
        return last;
    }

    @Test
    void affinityKeepsTheBackend() throws Exception {
        serveName("fd00:10::1");
        serveName("fd00:10::2");
        step(web().affinity(600), "fd00:10::1@node-1", "fd00:10::2@node-1");
        expect("listening 1");
        Set<String> answers = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            answers.add(ask());
        }
        assertEquals(1, answers.size(), answers::toString);
    }

    @Test
    void noStepOfManyIsOverlooked() throws Exception {
        int services = 100;
        for (int i = 1; i <= services; i++) {
            step(Plans.service("s" + i, "fd00:172:30::" + i).nodePort(31000 + i), "fd00:10::1@node-1");
        }
        String last = events.poll(10, TimeUnit.SECONDS);
        while (last != null && !last.equals("listening " + services)) {
            last = events.poll(10, TimeUnit.SECONDS);
        }
        assertEquals("listening " + services, last);
    }

    @Test
    void portOfAnotherProgramIsToldOnceAndTakenWhenItIsFree() throws Exception {
        serveName("fd00:10::1");
        ServerSocket taken = namespace.run(() -> {
            ServerSocket socket = new ServerSocket();
            socket.bind(socket("::1", PORT));
            return socket;
        });
        opened.add(taken);
        step(web(), "fd00:10::1@node-1");
        step(Plans.service("other", "fd00:172:30::42").nodePort(30081), "fd00:10::1@node-1");
        Set<String> both = new HashSet<>();
        both.add(events.poll(10, TimeUnit.SECONDS));
        both.add(events.poll(10, TimeUnit.SECONDS));
        assertEquals(Set.of("failed default/web:http/tcp", "listening 1"), both);
        for (int i = 0; i < 10; i++) {
            stepNothing();
        }
        taken.close();
        stepNothing();
        expect("listening 2");
        assertEquals("hello to fd00:10::1", ask());
        assertNull(events.poll());
    }

    @Test
    void tooManyConnectionsAreResetAndRoomIsUsedAgain() throws Exception {
        serveEcho("fd00:10::1");
        step(web(), "fd00:10::1@node-1");
        expect("listening 1");
        List<Socket> held = new ArrayList<>();
        for (int i = 0; i < LIMITS.connectionsMax(); i++) {
            Socket socket = connect("::1");
            echoed(socket, i);
            held.add(socket);
        }
        assertConnectionIsReset();
        expect("turned away default/web:http/tcp");
        echoed(held.get(1), 7);
        held.getFirst().close();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        boolean room = false;
        while (!room && System.nanoTime() < deadline) {
            try (Socket socket = connect("::1")) {
                echoed(socket, 9);
                room = true;
            } catch (SocketException | AssertionError e) {
                assertNotNull(e);
            }
        }
        assertTrue(room, "no room although a connection has ended");
    }

    @Test
    void clientOfABackendThatCannotBeReachedIsReset() throws Exception {
        step(web(), "fd00:10::1@node-1"); // nothing listens there
        expect("listening 1");
        assertConnectionIsReset();
        step(web(), "fd00:99::1@node-2"); // answers nothing
        stepNothing();
        long start = System.nanoTime();
        assertConnectionIsReset();
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5), "the connect time-out is 300 ms");
    }

    @Test
    void resetTravels() throws Exception {
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        serve("fd00:10::1", (in, _) -> {
            try {
                ends.add("read " + in.read());
                ends.add("read " + in.read());
            } catch (SocketException e) {
                ends.add("reset");
            }
        });
        step(web(), "fd00:10::1@node-1");
        expect("listening 1");
        Socket socket = connect("::1");
        socket.getOutputStream().write(5);
        assertEquals("read 5", ends.poll(10, TimeUnit.SECONDS));
        socket.setSoLinger(true, 0);
        socket.close();
        assertEquals("reset", ends.poll(10, TimeUnit.SECONDS));
    }
}
