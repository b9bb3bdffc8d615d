package io.fairlead.ingress.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.proxy.front.TrustedProxies;
import io.fairlead.ingress.proxy.http1.HeadLimits;
import io.fairlead.ingress.proxy.http2.Http2Limits;
import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.route.policy.Timeouts;
import io.fairlead.ingress.upstream.UpstreamSettings;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Those who are slow: clients and backends, at every point of a request. */
@Timeout(30)
final class PatienceTest {

    private static final ProxySettings IMPATIENT =
            new ProxySettings(HeadLimits.DEFAULT, 300, 300, 1000, 500, 500, Http2Limits.DEFAULT, TrustedProxies.NONE);
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    private static final long HELD_BYTES_MAX = 16 << 20;

    /** Of tests before. */
    private final long before = heldBytes();

    private static final Timeouts SHORT = new Timeouts(300, 0, 300);

    private static RunningProxy impatient() {
        return new RunningProxy(IMPATIENT, UpstreamSettings.DEFAULT);
    }

    @Test
    void answersAHeadThatDoesNotEnd() {
        try (RunningProxy proxy = impatient();
                RawClient client = proxy.client()) {
            assertEquals(408, client.send("GET / HTTP/1.1\r\nHost:").answer().status());
            assertTrue(client.isEnded());
        }
    }

    @Test
    void endsConnectionsThatAskNothing() {
        try (ScriptedBackend backend = ScriptedBackend.answering(OK);
                RunningProxy proxy = impatient();
                RawClient never = proxy.to(backend).client();
                RawClient once = proxy.client()) {
            assertEquals(200, once.send(GET).answer().status());
            assertTrue(never.isEnded());
            assertTrue(once.isEnded());
        }
    }

    @Test
    void doesNotWaitForABackendForever() {
        try (ScriptedBackend backend = ScriptedBackend.start(
                        connection -> connection.in().transferTo(OutputStream.nullOutputStream()));
                RunningProxy proxy = new RunningProxy()) {
            proxy.route("idle", "/", ForwardPolicy.DEFAULT.withTimeouts(SHORT), backend);
            proxy.route("long", "/", ForwardPolicy.DEFAULT.withTimeouts(new Timeouts(5000, 300, 60_000)), backend);
            assertEquals(504, proxy.ask("GET / HTTP/1.1\r\nHost: idle\r\n\r\n").status());
            assertEquals(504, proxy.ask("GET / HTTP/1.1\r\nHost: long\r\n\r\n").status());
        }
    }

    @Test
    void doesNotWaitForContentForever() {
        try (ScriptedBackend backend = ScriptedBackend.start(
                        connection -> connection.in().transferTo(OutputStream.nullOutputStream()));
                RunningProxy proxy = new RunningProxy()) {
            proxy.route("", "/", ForwardPolicy.DEFAULT.withTimeouts(SHORT), backend);
            RawClient.Answer answer = proxy.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
            assertEquals(408, answer.status());
        }
    }

    @Test
    void cutsOffAnAnswerThatStops() {
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello");
                    connection.in().transferTo(OutputStream.nullOutputStream());
                });
                RunningProxy proxy = new RunningProxy();
                RawClient client = proxy.client()) {
            proxy.route("", "/", ForwardPolicy.DEFAULT.withTimeouts(SHORT), backend);
            client.send(GET).answerToHead();
            assertTrue(client.rest().startsWith("hello"));
        }
    }

    /** What a client does not read stays at the backend. */
    @Test
    void holdsLittleOfAnAnswerThatIsNotRead() throws IOException {
        long bytes = 64L << 20;
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n");
                    fill(connection.socket().getOutputStream(), bytes);
                });
                RunningProxy proxy = new RunningProxy();
                RawClient client = proxy.to(backend).client()) {
            client.send(GET).answerToHead();
            byte[] block = new byte[1 << 16];
            long most = 0;
            for (long left = bytes; left > 0; ) {
                left -= client.in().read(block);
                most = Math.max(most, heldBytes());
            }
            assertTrue(most - before < HELD_BYTES_MAX, "bytes held: " + (most - before));
        }
    }

    /** What a backend does not read stays at the client. */
    @Test
    void holdsLittleOfContentThatIsNotRead() throws IOException {
        long bytes = 64L << 20;
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    connection.in().skipNBytes(bytes);
                    connection.send(OK);
                });
                RunningProxy proxy = new RunningProxy();
                RawClient client = proxy.to(backend).client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + bytes + "\r\n\r\n");
            fill(client.socket().getOutputStream(), bytes);
            assertEquals("hello", client.answer().body());
            assertTrue(heldBytes() - before < HELD_BYTES_MAX, "bytes held: " + (heldBytes() - before));
        }
    }

    /** What the allocator has taken so far; it keeps what it had. */
    private static long heldBytes() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    private static void fill(OutputStream out, long bytes) {
        byte[] block = new byte[1 << 16];
        try {
            for (long left = bytes; left > 0; left -= block.length) {
                out.write(block, 0, (int) Math.min(left, block.length));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
