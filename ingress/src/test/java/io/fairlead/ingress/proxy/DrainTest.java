package io.fairlead.ingress.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a proxy, and of its endpoints, while requests are under way. */
@Timeout(20)
final class DrainTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    @Test
    void endsIdleConnectionsSoonAndTheOthersWithTheirAnswer() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    asked.countDown();
                    await(goOn);
                    connection.send(OK);
                });
                RunningProxy proxy = new RunningProxy();
                RawClient idle = proxy.to(backend).client();
                RawClient busy = proxy.client()) {
            busy.send(GET);
            await(asked);
            InetSocketAddress address = proxy.server().addresses().getFirst();
            Thread drain = Thread.ofVirtual().start(() -> proxy.server().drain(Duration.ofSeconds(10)));
            assertTrue(idle.isEnded());
            assertThrows(UncheckedIOException.class, () -> new RawClient(address));
            goOn.countDown();
            RawClient.Answer answer = busy.answer();
            assertEquals("close", answer.field("Connection"));
            assertTrue(busy.isEnded());
            drain.join();
            assertEquals(0, proxy.server().connections());
        }
    }

    @Test
    void answersRequestsThatAreOnTheirWayWhenItBegins() throws InterruptedException {
        try (ScriptedBackend backend = ScriptedBackend.answering(OK);
                RunningProxy proxy = new RunningProxy();
                RawClient idle = proxy.to(backend).client();
                RawClient silent = proxy.client()) {
            assertEquals("hello", idle.send(GET).answer().body());
            Thread drain = Thread.ofVirtual().start(() -> proxy.server().drain(Duration.ofSeconds(10)));
            InetSocketAddress address = proxy.server().addresses().getFirst();
            while (accepts(address)) {
                Thread.onSpinWait();
            }
            for (RawClient client : List.of(idle, silent)) {
                assertEquals("close", client.send(GET).answer().field("Connection"));
                assertTrue(client.isEnded());
            }
            drain.join();
            assertEquals(0, proxy.server().connections());
        }
    }

    @Test
    void saysThatTheConnectionEndsBeforeItDoes() throws InterruptedException {
        CountDownLatch begins = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
                    begins.countDown();
                    await(begun);
                    connection.send("llo");
                    connection.readHead();
                    connection.send(OK);
                });
                RunningProxy proxy = new RunningProxy();
                RawClient client = proxy.to(backend).client()) {
            client.send(GET);
            begins.await();
            while (client.available() == 0) {
                Thread.onSpinWait();
            }
            Thread drain = Thread.ofVirtual().start(() -> proxy.server().drain(Duration.ofSeconds(10)));
            InetSocketAddress address = proxy.server().addresses().getFirst();
            while (accepts(address)) {
                Thread.onSpinWait();
            }
            begun.countDown();
            assertEquals("hello", client.answer().body());
            RawClient.Answer last = client.send(GET).answer();
            assertEquals("close", last.field("Connection"));
            assertTrue(client.isEnded());
            drain.join();
        }
    }

    /** Also a connection that was accepted, but is none of HTTP yet. */
    @Test
    void sendsAwayWhoSaysOnlyThenOnWhoseBehalfHeIs() throws InterruptedException {
        try (ScriptedBackend backend = ScriptedBackend.answering(OK);
                RunningProxy proxy = new RunningProxy().to(backend)) {
            InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            InetSocketAddress address = proxy.server().listen(Listener.plain(loopback, true));
            try (RawClient client = new RawClient(address)) {
                while (proxy.server().connections() == 0) {
                    Thread.onSpinWait();
                }
                Thread drain = Thread.ofVirtual().start(() -> proxy.server().drain(Duration.ofSeconds(15)));
                while (accepts(address)) {
                    Thread.onSpinWait();
                }
                client.send("PROXY TCP4 192.0.2.1 192.0.2.2 4711 80\r\n" + GET);
                assertEquals("close", client.answer().field("Connection"));
                assertTrue(client.isEnded());
                drain.join();
                assertEquals(0, proxy.server().connections());
            }
        }
    }

    private static boolean accepts(InetSocketAddress address) {
        try (RawClient client = new RawClient(address)) {
            return client.socket().isConnected();
        } catch (UncheckedIOException refused) {
            return false;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void waitsNoLongerThanItWasTold() {
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    connection.in().read();
                });
                RunningProxy proxy = new RunningProxy();
                RawClient client = proxy.to(backend).client()) {
            client.send(GET);
            while (backend.accepted() == 0) {
                Thread.onSpinWait();
            }
            proxy.server().drain(Duration.ofMillis(200));
            assertTrue(client.isEnded());
        }
    }

    @Test
    void aRequestStaysWithAnEndpointThatLeft() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (ScriptedBackend leaving = ScriptedBackend.start(connection -> {
                    while (connection.readHead()) {
                        asked.countDown();
                        await(goOn);
                        connection.send(OK.replace("hello", "older"));
                    }
                });
                ScriptedBackend next = ScriptedBackend.answering(OK);
                RunningProxy proxy = new RunningProxy();
                RawClient client = proxy.to(leaving).client()) {
            client.send(GET);
            asked.await();
            proxy.group(0).replace(List.of(next.address()));
            goOn.countDown();
            assertEquals("older", client.answer().body());
            assertEquals("hello", client.send(GET).answer().body());
        }
    }

    @Test
    void saysWhoTheClientIsBehindALoadBalancer() {
        try (ScriptedBackend backend = ScriptedBackend.echoingHeads();
                RunningProxy proxy = new RunningProxy()) {
            proxy.to(backend)
                    .server()
                    .listen(Listener.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), true));
            InetSocketAddress behind = proxy.server().addresses().getLast();
            try (RawClient client = new RawClient(behind)) {
                String head = client.send("PROXY TCP4 192.0.2.1 198.51.100.1 56324 8443\r\n" + GET)
                        .answer()
                        .body();
                assertTrue(head.contains("\r\nX-Forwarded-For: 192.0.2.1\r\n"), head);
                assertTrue(head.contains("\r\nX-Forwarded-Port: 8443\r\n"), head);
            }
            try (RawClient client = new RawClient(behind)) {
                assertTrue(client.send(GET).isEnded());
            }
        }
    }
}
