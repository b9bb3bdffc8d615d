package io.fairlead.ingress.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.handover.SocketOffer;
import io.fairlead.ingress.handover.TakenSockets;
import io.fairlead.ingress.upstream.UpstreamSettings;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One proxy takes the place of another: no connection is refused or reset. */
@Timeout(60)
final class HandOverTest {

    private static final int CLIENTS = 4;
    private static final int SUCCESSIONS = 5;
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    @TempDir
    private Path folder;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicBoolean end = new AtomicBoolean();

    private Path offer() {
        return folder.resolve("offer");
    }

    private void ask(InetSocketAddress address) {
        while (!end.get()) {
            try (RawClient client = new RawClient(address)) {
                int status = client.send(GET).answer().status();
                if (status == 200) {
                    answered.incrementAndGet();
                } else {
                    failures.add("status " + status);
                }
            } catch (RuntimeException | AssertionError e) {
                failures.add(e.toString());
            }
        }
    }

    @Test
    void losesNoConnection() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) {
            RunningProxy serving = new RunningProxy().to(backend);
            InetSocketAddress address = serving.server().addresses().getFirst();
            SocketOffer offered = SocketOffer.at(offer(), serving.server()::sockets);
            List<Thread> clients = IntStream.range(0, CLIENTS)
                    .mapToObj(i -> Thread.ofPlatform().start(() -> ask(address)))
                    .toList();
            for (int i = 0; i < SUCCESSIONS; i++) {
                awaitAnswers(200);
                RunningProxy next = RunningProxy.withoutListener(ProxySettings.DEFAULT, UpstreamSettings.DEFAULT);
                next.to(backend);
                try (TakenSockets taken = TakenSockets.from(offer())) {
                    assertEquals(
                            address,
                            next.server()
                                    .listen(
                                            Listener.plain(address, false),
                                            taken.find(address).orElseThrow()));
                    taken.serving();
                    assertTrue(offered.awaitSuccessor(Duration.ofSeconds(5)));
                    serving.close();
                    offered.close();
                    offered = SocketOffer.at(offer(), next.server()::sockets);
                    serving = next;
                }
            }
            awaitAnswers(200);
            end.set(true);
            for (Thread client : clients) {
                client.join();
            }
            offered.close();
            serving.close();
        }
        assertEquals(List.of(), List.copyOf(failures), "after " + answered + " answers");
    }

    private void awaitAnswers(int more) {
        int wanted = answered.get() + more;
        while (answered.get() < wanted && failures.isEmpty()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void takesNothingFromNobody() throws IOException {
        InetSocketAddress any = new InetSocketAddress(80);
        try (TakenSockets none = TakenSockets.from(offer())) {
            assertFalse(none.find(any).isPresent());
            none.serving();
        }
        SocketOffer.at(offer(), List::of).close();
        assertTrue(Files.exists(offer()));
        try (TakenSockets none = TakenSockets.from(offer())) {
            assertFalse(none.find(any).isPresent());
            none.serving();
        }
    }

    @RepeatedTest(20)
    void knowsThatASuccessorLeft() throws IOException {
        try (SocketOffer offered = SocketOffer.at(offer(), List::of)) {
            assertFalse(offered.awaitSuccessor(Duration.ZERO));
            try (TakenSockets successor = TakenSockets.from(offer())) {
                successor.serving();
                assertTrue(offered.awaitSuccessor(Duration.ofSeconds(5)));
            }
            long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
            while (offered.awaitSuccessor(Duration.ZERO) && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertFalse(offered.awaitSuccessor(Duration.ZERO));
        }
    }

    /** The one that took its place had made an offer of its own there. */
    @Test
    void isFoundAgainWhenItsSuccessorLeft() throws IOException {
        RunningProxy before = new RunningProxy();
        InetSocketAddress address = before.server().addresses().getFirst();
        try (before;
                SocketOffer _ = SocketOffer.at(offer(), before.server()::sockets)) {
            try (TakenSockets successor = TakenSockets.from(offer())) {
                successor.serving();
                assertTrue(successor.isPredecessorServing());
                SocketOffer.at(offer(), List::of).close();
                assertFalse(isFound(address));
            }
            long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
            while (!isFound(address) && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertTrue(isFound(address));
        }
    }

    private boolean isFound(InetSocketAddress address) {
        try (TakenSockets taken = TakenSockets.from(offer())) {
            Optional<EpollServerSocketChannel> found = taken.find(address);
            found.ifPresent(socket -> socket.unsafe().closeForcibly());
            return found.isPresent();
        }
    }

    @Test
    void knowsThatItsPredecessorLeft() throws IOException {
        SocketOffer offered = SocketOffer.at(offer(), List::of);
        try (TakenSockets successor = TakenSockets.from(offer())) {
            assertFalse(successor.isPredecessorServing());
            successor.serving();
            assertTrue(successor.isPredecessorServing());
            offered.close();
            long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
            while (successor.isPredecessorServing() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertFalse(successor.isPredecessorServing());
        }
    }

    @Test
    void offersToTheSameUserOnly() throws IOException {
        try (SocketOffer _ = SocketOffer.at(offer(), List::of)) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(offer())));
        }
    }

    /** What was passed and not wanted is given back: nothing listens there when the other one is gone. */
    @Test
    void givesBackWhatItDoesNotWant() throws IOException {
        RunningProxy before = new RunningProxy();
        InetSocketAddress address = before.server().addresses().getFirst();
        try (SocketOffer _ = SocketOffer.at(offer(), before.server()::sockets);
                TakenSockets taken = TakenSockets.from(offer())) {
            InetSocketAddress other = new InetSocketAddress(address.getAddress(), address.getPort() ^ 1);
            assertFalse(taken.find(other).isPresent());
            taken.serving();
            before.close();
            RunningProxy again = new RunningProxy();
            try (again) {
                assertEquals(address, again.server().listen(Listener.plain(address, false)));
            }
        }
    }
}
