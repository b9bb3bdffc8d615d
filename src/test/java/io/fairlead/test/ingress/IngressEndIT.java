package io.fairlead.test.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.test.Poll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An ingress ends, as its Pod does when another one replaces it.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class IngressEndIT {

    private static final String HOST = "shop.example";
    private static final int DRAIN_SECONDS = 8;

    /** From the end of what was drained to the end of the process. */
    private static final Duration EXIT_MAX = Duration.ofSeconds(3);

    private final ManifestFolder manifests = new ManifestFolder();
    private final EchoPod pod = EchoPod.start("web-1");

    @BeforeEach
    void write() {
        manifests.write("ingress.yaml", Yaml.ingress("shop", "- / web"));
        manifests.write("web.yaml", Yaml.web("web", pod));
    }

    @AfterEach
    void close() {
        pod.close();
        manifests.close();
    }

    private IngressProgram start(int drainSeconds) {
        IngressProgram started = IngressProgram.start(manifests, "--drain-time=" + drainSeconds + "s");
        try (H1Client client = H1Client.connect(started.http())) {
            assertEquals(200, client.get(HOST, "/").answer().status());
        }
        return started;
    }

    @Test
    void noRequestFailsWhenOneOfTwoEnds() {
        try (IngressProgram ending = start(DRAIN_SECONDS);
                IngressProgram staying = start(DRAIN_SECONDS)) {
            // What a load balancer does: it sends new connections to those that are ready.
            AtomicReference<IngressProgram> place = new AtomicReference<>(ending);
            Supplier<InetSocketAddress> http = () -> place.get().http();
            try (Load load = new Load()) {
                load.http1(20, 25, http, HOST, () -> "/")
                        .http1(5, 5, http, HOST, () -> "/slow/4/20")
                        .http2(4, 50, () -> H2Client.connect(http.get()), HOST, () -> "/")
                        .http2(4, 50, () -> H2Client.connectTls(place.get().https(), HOST), HOST, () -> "/")
                        .webSocket(5, 20, http, HOST, where -> !where.equals(http.get()));
                load.awaitMore(1_000, Duration.ofSeconds(20));
                assertEquals(0, load.failed(), load::failures);

                place.set(staying);
                ending.terminate();
                Poll.until("it is not ready", EXIT_MAX, () -> !ending.isReady());
                ending.awaitEnd(Duration.ofSeconds(DRAIN_SECONDS));
                load.awaitMore(500, Duration.ofSeconds(10));
                assertEquals(0, load.failed(), load::failures);
            }
        }
    }

    @Test
    void answersUnderWayAreFinished() {
        try (IngressProgram ending = start(DRAIN_SECONDS);
                H1Client download = H1Client.connect(ending.http());
                H1Client upload = H1Client.connect(ending.http())) {
            download.get(HOST, "/slow/100/15").head();
            upload.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234");
            Poll.until("both are there", EXIT_MAX, () -> pod.requests() == 3);
            ending.terminate();
            Poll.until("it accepts no more", EXIT_MAX, () -> isRefused(ending.http()));
            Wire.Message answer = upload.send("56789").answer();
            assertEquals(10, Echo.of(answer).request().content().bytes());
            assertTrue(upload.isEnded());
            assertEquals(100 * EchoPod.SLOW_PIECE_BYTES, rest(download));
            ending.awaitEnd(EXIT_MAX);
        }
    }

    private static boolean isRefused(InetSocketAddress address) {
        try (H1Client client = H1Client.connect(address)) {
            return client.socket().isClosed();
        } catch (UncheckedIOException refused) {
            return true;
        }
    }

    private static int rest(H1Client client) {
        try {
            return client.in().readAllBytes().length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aWebSocketGoesOnUntilTheDeadline() {
        try (IngressProgram ending = start(2);
                WebSocketClient webSocket = WebSocketClient.open(ending.http(), HOST, "/ws")) {
            ending.terminate();
            long from = System.nanoTime();
            Poll.until("it is not ready", EXIT_MAX, () -> !ending.isReady());
            for (int i = 0; i < 10; i++) {
                assertEquals("message", webSocket.echo("message"));
            }
            assertTrue(webSocket.isEnded());
            Duration lasted = Duration.ofNanos(System.nanoTime() - from);
            assertFalse(lasted.compareTo(Duration.ofMillis(1_900)) < 0, lasted::toString);
            ending.awaitEnd(EXIT_MAX);
        }
    }
}
