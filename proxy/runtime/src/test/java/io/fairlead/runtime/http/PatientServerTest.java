package io.fairlead.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Rows 68 and 69 of the services facts: a port that is taken does not end the agent.
 *
 * <p>Confined to the test thread.
 */
class PatientServerTest {

    private static final Map<String, HttpHandler> PAGES = Map.of("/page", _ -> HttpReply.text(200, "served"));
    private static final Duration RETRY = Duration.ofMillis(20);

    private final List<String> refusals = new ArrayList<>();

    private PatientServer start(int port) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return PatientServer.start("test", new HttpEndpoint.Tcp(address, Set.of()), PAGES, RETRY, refusals::add);
    }

    private static String ask(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("GET /page HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void listensWhenTheOtherProgramEnds() throws IOException {
        ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        int port = other.getLocalPort();
        try (PatientServer _ = start(port)) {
            other.close();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (!ask(port).endsWith("served") && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertTrue(ask(port).endsWith("served"), () -> ask(port));
        }
        assertEquals(1, refusals.size(), refusals::toString);
        assertTrue(refusals.getFirst().contains(String.valueOf(port)), refusals::toString);
    }

    @Test
    void triesNoMoreOnceClosed() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            PatientServer patient = start(other.getLocalPort());
            assertTrue(isTrying());
            patient.close();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (isTrying() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertFalse(isTrying());
        }
    }

    private static boolean isTrying() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("retry test"));
    }
}
