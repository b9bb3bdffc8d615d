package io.fairlead.lab.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.route.RouteNetlink;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ApiRelayTest {

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    /** More than fits into the buffers on the way. */
    private static final int LONG = 8 << 20;

    private final NetNs inside = NetNs.anonymous();
    private final ServerSocketChannel server;

    ApiRelayTest() throws IOException {
        try (RouteNetlink route = inside.run(RouteNetlink::open)) {
            route.setUp(route.link("lo").index(), true);
        }
        server = inside.run(() -> ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0)));
    }

    @BeforeEach
    void answerWithWhatWasSaid() {
        Thread.startVirtualThread(() -> {
            try {
                while (true) {
                    SocketChannel client = server.accept();
                    Thread.startVirtualThread(() -> echo(client.socket()));
                }
            } catch (IOException closed) {
                return;
            }
        });
    }

    private static void echo(Socket client) {
        try (client) {
            client.getOutputStream().write(client.getInputStream().readAllBytes());
        } catch (IOException e) {
            return;
        }
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        inside.close();
    }

    private ApiRelay relay() throws IOException {
        return ApiRelay.open(0, inside, (InetSocketAddress) server.getLocalAddress());
    }

    private static String ask(int port, String text) throws IOException {
        try (Socket socket = new Socket(LOOPBACK, port)) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void carriesBothWaysUntilEachSideHasSaidAll() throws IOException {
        try (ApiRelay relay = relay()) {
            assertEquals("hello", ask(relay.port(), "hello"));
            String much = "0123456789abcdef".repeat(LONG / 16);
            assertEquals(much, ask(relay.port(), much));
        }
    }

    @Test
    void connectionsDoNotWaitForEachOther() throws IOException {
        try (ApiRelay relay = relay();
                Socket idle = new Socket(LOOPBACK, relay.port())) {
            assertEquals("second", ask(relay.port(), "second"));
            idle.getOutputStream().write('x');
            idle.shutdownOutput();
            assertEquals('x', idle.getInputStream().read());
        }
    }

    @Test
    void aConnectionToNobodyEnds() throws IOException {
        InetSocketAddress nobody = (InetSocketAddress) server.getLocalAddress();
        server.close();
        try (ApiRelay relay = ApiRelay.open(0, inside, nobody);
                Socket socket = new Socket(LOOPBACK, relay.port())) {
            assertEquals(-1, socket.getInputStream().read());
        }
    }

    @Test
    void nobodyListensAfterTheEnd() throws IOException {
        for (int round = 0; round < 50; round++) {
            ApiRelay relay = relay();
            int port = relay.port();
            relay.close();
            assertThrows(ConnectException.class, () -> new Socket(LOOPBACK, port).close());
        }
    }
}
