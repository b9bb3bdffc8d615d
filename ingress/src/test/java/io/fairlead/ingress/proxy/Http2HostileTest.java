package io.fairlead.ingress.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.proxy.front.TrustedProxies;
import io.fairlead.ingress.proxy.http1.HeadLimits;
import io.fairlead.ingress.proxy.http2.Http2Limits;
import io.fairlead.ingress.upstream.UpstreamSettings;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames that nobody sends who means well (RFC 9113 section 10.5, CVE-2019-9511 to 9518, 2023-44487, 2025-8671). */
@Timeout(30)
final class Http2HostileTest {

    private static final String CALM = "GOAWAY ENHANCE_YOUR_CALM";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    private static final byte[] EIGHT = new byte[8];
    private static final long SECOND = 1_000_000_000;
    private static final long TEN_SECONDS = 10 * SECOND;

    private static final ProxySettings HASTY = new ProxySettings(
            HeadLimits.DEFAULT, 300, 300, Integer.MAX_VALUE, 300, 600_000, Http2Limits.DEFAULT, TrustedProxies.NONE);

    private final ScriptedBackend backend = ScriptedBackend.answering(OK);
    private RunningProxy proxy = new RunningProxy().to(backend);

    @AfterEach
    void close(org.junit.jupiter.api.TestInfo info) {
        proxy.close();
        backend.close();
        try {
            io.netty.util.LeakPresenceDetector.check();
        } catch (IllegalStateException e) {
            throw new IllegalStateException(info.getDisplayName(), e);
        }
    }

    private void restart(ProxySettings settings) {
        proxy.close();
        proxy = new RunningProxy(settings, UpstreamSettings.DEFAULT).to(backend);
    }

    private static Arguments row(String name, String expected, Consumer<H2Wire> frames) {
        return Arguments.of(name, expected, frames);
    }

    private static Arguments frame(String name, String expected, int type, int flags, int stream, byte[] payload) {
        return Arguments.of(name, expected, (Consumer<H2Wire>) client -> client.send(type, flags, stream, payload));
    }

    static Stream<Arguments> wrongFrames() {
        String protocol = "GOAWAY PROTOCOL_ERROR";
        String size = "GOAWAY FRAME_SIZE_ERROR";
        return Stream.of(
                frame("a frame beyond the limit", size, H2Wire.DATA, 0, 1, new byte[16_385]),
                frame("DATA of no stream", protocol, H2Wire.DATA, 0, 0, EIGHT),
                frame("DATA of a stream that is not open", protocol, H2Wire.DATA, 0, 1, EIGHT),
                frame("HEADERS of no stream", protocol, H2Wire.HEADERS, 4, 0, EIGHT),
                frame("HEADERS of an even stream", protocol, H2Wire.HEADERS, 5, 2, H2Wire.block(":method: GET")),
                frame("more padding than payload", protocol, H2Wire.HEADERS, 4 | H2Wire.PADDED, 1, new byte[] {9, 0}),
                frame("a block that is no HPACK", "GOAWAY COMPRESSION_ERROR", H2Wire.HEADERS, 5, 1, new byte[] {-1}),
                frame("an index of nothing", "GOAWAY COMPRESSION_ERROR", H2Wire.HEADERS, 5, 1, new byte[] {(byte) 0xfe
                }),
                frame("a table larger than said", "GOAWAY COMPRESSION_ERROR", H2Wire.HEADERS, 5, 1, new byte[] {
                    0x3f, (byte) 0xff, 0x7f
                }),
                frame("CONTINUATION of nothing", protocol, H2Wire.CONTINUATION, 4, 1, EIGHT),
                frame("RST_STREAM of no stream", protocol, H2Wire.RST_STREAM, 0, 0, H2Wire.number(8)),
                frame("RST_STREAM of an idle stream", protocol, H2Wire.RST_STREAM, 0, 1, H2Wire.number(8)),
                frame("a short RST_STREAM", size, H2Wire.RST_STREAM, 0, 1, new byte[3]),
                frame("SETTINGS of a stream", protocol, H2Wire.SETTINGS, 0, 1, H2Wire.NOTHING),
                frame("half a setting", size, H2Wire.SETTINGS, 0, 0, new byte[5]),
                frame("an acknowledgement with settings", size, H2Wire.SETTINGS, 1, 0, new byte[6]),
                frame("a window too large", "GOAWAY FLOW_CONTROL_ERROR", H2Wire.SETTINGS, 0, 0, H2Wire.setting(4, -1)),
                frame("frames too small", protocol, H2Wire.SETTINGS, 0, 0, H2Wire.setting(5, 1)),
                frame("frames too large", protocol, H2Wire.SETTINGS, 0, 0, H2Wire.setting(5, 1 << 24)),
                frame("push by two", protocol, H2Wire.SETTINGS, 0, 0, H2Wire.setting(2, 2)),
                frame("a promise", protocol, H2Wire.PUSH_PROMISE, 4, 1, H2Wire.number(2)),
                frame("a short PING", size, H2Wire.PING, 0, 0, new byte[7]),
                frame("a PING of a stream", protocol, H2Wire.PING, 0, 1, EIGHT),
                frame("a short GOAWAY", size, H2Wire.GOAWAY, 0, 0, new byte[7]),
                frame("a window by nothing", protocol, H2Wire.WINDOW_UPDATE, 0, 0, H2Wire.number(0)),
                frame("a short window", size, H2Wire.WINDOW_UPDATE, 0, 0, new byte[3]),
                frame("a window of an idle stream", protocol, H2Wire.WINDOW_UPDATE, 0, 1, H2Wire.number(1)),
                row("a window that overflows", "GOAWAY FLOW_CONTROL_ERROR", client -> client.window(0, 0x7fffffff)),
                row(
                        "a frame within a block",
                        protocol,
                        client -> client.send(H2Wire.HEADERS, 0, 1, H2Wire.block(":method: GET"))
                                .send(H2Wire.PING, 0, 0, EIGHT)),
                row(
                        "CONTINUATION of another stream",
                        protocol,
                        client -> client.send(H2Wire.HEADERS, 0, 1, H2Wire.block(":method: GET"))
                                .send(H2Wire.CONTINUATION, 4, 3, H2Wire.NOTHING)));
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @MethodSource("wrongFrames")
    void endsTheConnection(String name, String expected, Consumer<H2Wire> frames) {
        try (H2Wire client = proxy.http2()) {
            frames.accept(client);
            assertEquals(expected, client.answer(1).end(), name);
            assertEquals(-1, client.next(-1).type(), name + " did not end the connection");
        }
    }

    static Stream<Arguments> wrongStreams() {
        return Stream.of(
                row(
                        "more than its length",
                        "RST PROTOCOL_ERROR",
                        client -> client.post(1, "content-length: 2").data(1, false, "abc")),
                row(
                        "less than its length",
                        "RST PROTOCOL_ERROR",
                        client -> client.post(1, "content-length: 9").data(1, true, "abc")),
                row(
                        "trailers instead of content",
                        "RST PROTOCOL_ERROR",
                        client -> client.post(1, "content-length: 9").headers(1, true, "a: b")),
                row(
                        "pseudo-header fields in trailers",
                        "RST PROTOCOL_ERROR",
                        client -> client.post(1).data(1, false, "abc").headers(1, true, ":path: /")),
                row(
                        "a length in trailers",
                        "RST PROTOCOL_ERROR",
                        client -> client.post(1).data(1, false, "abc").headers(1, true, "content-length: 3")),
                row(
                        "a line in trailers",
                        "RST PROTOCOL_ERROR",
                        client -> client.post(1).data(1, false, "abc").headers(1, true, "a: b\r\nc: d")),
                row(
                        "trailers that do not end",
                        "RST PROTOCOL_ERROR",
                        client -> client.post(1).headers(1, false, "a: b")),
                row(
                        "a window by nothing",
                        "RST PROTOCOL_ERROR",
                        client -> client.post(1).window(1, 0)),
                row(
                        "a window that overflows",
                        "RST FLOW_CONTROL_ERROR",
                        client -> client.post(1).window(1, 0x7fffffff)),
                row(
                        "a stream that depends on itself",
                        "RST PROTOCOL_ERROR",
                        client -> client.post(1).send(H2Wire.PRIORITY, 0, 1, new byte[] {0, 0, 0, 1, 0})),
                row(
                        "a short PRIORITY",
                        "RST FRAME_SIZE_ERROR",
                        client -> client.post(1).send(H2Wire.PRIORITY, 0, 1, new byte[4])));
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @MethodSource("wrongStreams")
    void endsTheStream(String name, String expected, Consumer<H2Wire> frames) {
        try (H2Wire client = proxy.http2()) {
            frames.accept(client);
            assertEquals(expected, client.answer(1).end(), name);
            assertEquals("200", client.get(3, "/").answer(3).outcome(), "a stream beside " + name);
        }
    }

    static Stream<Arguments> floods() {
        byte[] request = H2Wire.block(":method: POST", ":scheme: http", ":authority: a.example.com", ":path: /");
        return Stream.of(
                flood(
                        "resets",
                        i -> join(
                                H2Wire.frame(H2Wire.HEADERS, 4, 2 * i + 3, request),
                                H2Wire.frame(H2Wire.RST_STREAM, 0, 2 * i + 3, H2Wire.number(8)))),
                flood(
                        "streams that we reset",
                        i -> join(
                                H2Wire.frame(H2Wire.HEADERS, 4, 2 * i + 3, request),
                                H2Wire.frame(H2Wire.WINDOW_UPDATE, 0, 2 * i + 3, H2Wire.number(0)))),
                flood("malformed requests", i -> H2Wire.frame(H2Wire.HEADERS, 5, 2 * i + 3, H2Wire.block("A: b"))),
                flood("more streams than allowed", i -> H2Wire.frame(H2Wire.HEADERS, 4, 2 * i + 3, request)),
                flood("HEADERS of closed streams", i -> H2Wire.frame(H2Wire.HEADERS, 5, 1, request)),
                flood(
                        "empty DATA",
                        i -> i == 0
                                ? H2Wire.frame(H2Wire.HEADERS, 4, 3, request)
                                : H2Wire.frame(H2Wire.DATA, 0, 3, H2Wire.NOTHING)),
                flood(
                        "padding",
                        i -> i == 0
                                ? H2Wire.frame(H2Wire.HEADERS, 4, 3, request)
                                : H2Wire.frame(H2Wire.DATA, H2Wire.PADDED, 3, new byte[] {1, 0})),
                flood("PING", i -> H2Wire.frame(H2Wire.PING, 0, 0, EIGHT)),
                flood("answers to no PING", i -> H2Wire.frame(H2Wire.PING, 1, 0, EIGHT)),
                flood("SETTINGS", i -> H2Wire.frame(H2Wire.SETTINGS, 0, 0, H2Wire.setting(4, 65_535 + i % 2))),
                flood("PRIORITY", i -> H2Wire.frame(H2Wire.PRIORITY, 0, 2 * i + 3, new byte[5])),
                flood("small windows", i -> H2Wire.frame(H2Wire.WINDOW_UPDATE, 0, 0, H2Wire.number(1))),
                flood("RST_STREAM of closed streams", i -> H2Wire.frame(H2Wire.RST_STREAM, 0, 1, H2Wire.number(8))),
                flood("unknown frames", i -> H2Wire.frame(0xfe, 0, 0, EIGHT)),
                flood("GOAWAY", i -> H2Wire.frame(H2Wire.GOAWAY, 0, 0, EIGHT)),
                flood(
                        "CONTINUATION of nothing",
                        i -> i == 0
                                ? H2Wire.frame(H2Wire.HEADERS, 0, 3, request)
                                : H2Wire.frame(H2Wire.CONTINUATION, 0, 3, H2Wire.NOTHING)));
    }

    private static byte[] join(byte[] one, byte[] other) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(one);
        both.writeBytes(other);
        return both.toByteArray();
    }

    private static Arguments flood(String name, IntFunction<byte[]> frames) {
        return Arguments.of(name, frames);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("floods")
    void endsFloods(String name, IntFunction<byte[]> frames) {
        try (H2Wire client = proxy.http2()) {
            assertEquals("200", client.get(1, "/").answer(1).outcome(), name);
            try {
                for (int i = 0; i < 20_000; i++) {
                    client.raw(frames.apply(i));
                }
            } catch (UncheckedIOException ended) {
                // Which is what it is about; the reason may be lost then.
            }
            String end = client.answer(0).end();
            assertTrue(end.equals(CALM) || end.equals("CLOSED"), () -> name + " came to " + end);
        }
        assertHealthy();
    }

    private void assertHealthy() {
        try (H2Wire other = proxy.http2()) {
            assertEquals("200", other.get(1, "/").answer(1).outcome(), "somebody else's request");
        }
    }

    @Test
    void saysWhyAFloodEnds() {
        try (H2Wire client = proxy.http2()) {
            // Read, too: what is unread when the connection ends may take the reason with it.
            int type = H2Wire.PING;
            for (int i = 0; i < 100_000 && type == H2Wire.PING; i++) {
                client.send(H2Wire.PING, 0, 0, EIGHT);
                H2Wire.Frame frame = client.next();
                while (frame.type() != H2Wire.PING && frame.type() != H2Wire.GOAWAY) {
                    frame = client.next();
                }
                type = frame.type();
                assertTrue(type == H2Wire.PING || H2Wire.error(frame.number(4)).equals("ENHANCE_YOUR_CALM"));
            }
            assertEquals(H2Wire.GOAWAY, type);
        }
    }

    @Test
    void endsConnectionsThatAskAndDoNotRead() {
        Http2Limits patient = new Http2Limits(128, 65_536, 1 << 20, 200, 1_000_000);
        restart(new ProxySettings(
                HASTY.headLimits(),
                15_000,
                75_000,
                Integer.MAX_VALUE,
                300,
                HASTY.passthroughIdleMillis(),
                patient,
                TrustedProxies.NONE));
        ByteArrayOutputStream pings = new ByteArrayOutputStream();
        for (int i = 0; i < 1_000; i++) {
            pings.writeBytes(H2Wire.frame(H2Wire.PING, 0, 0, EIGHT));
        }
        try (H2Wire client = proxy.http2()) {
            int sent = 0;
            try {
                for (; sent < 990; sent++) {
                    client.raw(pings.toByteArray());
                }
            } catch (UncheckedIOException ended) {
                // Which is what it is about.
            }
            assertTrue(sent < 990, "990,000 answers that nobody reads are kept");
        }
        assertHealthy();
    }

    @Test
    void letsClientsCancelThatAlsoWaitForAnswers() {
        try (H2Wire client = proxy.http2()) {
            for (int i = 0; i < 1_000; i++) {
                int stream = 4 * i + 1;
                client.post(stream).send(H2Wire.RST_STREAM, 0, stream, H2Wire.number(8));
                client.get(stream + 2, "/");
                assertEquals("200", client.answer(stream + 2).outcome(), "after " + i + " resets");
            }
        }
    }

    @Test
    void refusesMoreStreamsThanItSays() {
        try (H2Wire client = proxy.http2()) {
            for (int i = 0; i < 128; i++) {
                client.post(2 * i + 1);
            }
            assertEquals("RST REFUSED_STREAM", client.get(257, "/").answer(257).end());
            // What is still on its way for the refused one does not end the connection.
            client.data(1, true, "");
            assertEquals("200", client.answer(1).outcome());
            assertEquals("200", client.get(259, "/").answer(259).outcome());
        }
    }

    @Test
    void refusesListsOfFieldsThatGrow() {
        try (H2Wire client = proxy.http2()) {
            // One entry of the table of 4,000 bytes, then a reference to it in each further byte.
            ByteArrayOutputStream bomb = new ByteArrayOutputStream();
            bomb.writeBytes(H2Wire.block(":method: GET", ":scheme: http", ":authority: shop.example.com", ":path: /"));
            byte[] field = H2Wire.block("x: " + "a".repeat(4_000));
            field[0] = 0x40;
            bomb.writeBytes(field);
            for (int i = 0; i < 8_000; i++) {
                bomb.write(0x80 | 62);
            }
            client.send(H2Wire.HEADERS, 5, 1, bomb.toByteArray());
            assertEquals(431, client.answer(1).status());
            assertEquals("200", client.get(3, "/").answer(3).outcome());
        }
    }

    @Test
    void endsBlocksThatDoNot() {
        try (H2Wire client = proxy.http2()) {
            client.send(H2Wire.HEADERS, 0, 1, new byte[16_384]);
            try {
                for (int i = 0; i < 1_000; i++) {
                    client.send(H2Wire.CONTINUATION, 0, 1, new byte[16_384]);
                }
            } catch (UncheckedIOException ended) {
                // Which is what it is about.
            }
            String end = client.answer(1).end();
            assertTrue(end.startsWith("GOAWAY") || end.equals("CLOSED"), end);
        }
        assertHealthy();
    }

    @Test
    void endsStreamsThatSendBeyondTheirWindow() {
        try (ScriptedBackend deaf = ScriptedBackend.start(connection -> LockSupport.parkNanos(TEN_SECONDS));
                RunningProxy other = new RunningProxy().to(deaf);
                H2Wire client = other.http2()) {
            client.post(1);
            try {
                for (int i = 0; i < 4_000; i++) {
                    client.send(H2Wire.DATA, 0, 1, new byte[16_384]);
                }
            } catch (UncheckedIOException ended) {
                // The connection may end when its window is exceeded, too.
            }
            assertEquals("RST FLOW_CONTROL_ERROR", client.answer(1).end());
        }
    }

    @Test
    void endsConnectionsWithoutPreface() {
        restart(HASTY);
        try (H2Wire half = H2Wire.connectSilently(proxy.server().addresses().getFirst());
                H2Wire whole = H2Wire.connectSilently(proxy.server().addresses().getFirst())) {
            half.raw(H2Wire.PREFACE.substring(0, 20));
            whole.raw(H2Wire.PREFACE);
            assertEquals(-1, half.next(-1).type());
            assertEquals(-1, whole.next(-1).type());
        }
    }

    @Test
    void endsIdleConnections() {
        restart(HASTY);
        try (H2Wire client = proxy.http2()) {
            assertEquals("200", client.get(1, "/").answer(1).outcome());
            H2Wire.Frame last = client.next(H2Wire.GOAWAY);
            assertEquals("NO_ERROR", H2Wire.error(last.number(4)));
            assertEquals(1, last.number(0));
            assertEquals(-1, client.next(-1).type());
        }
    }

    @Test
    void endsConnectionsWithHalfABlock() {
        restart(HASTY);
        try (H2Wire client = proxy.http2()) {
            client.send(H2Wire.HEADERS, 0, 1, H2Wire.block(":method: GET"));
            assertEquals(H2Wire.GOAWAY, client.next(H2Wire.GOAWAY).type());
        }
    }

    @Test
    void resetsAnswersThatNobodyTakes() {
        restart(HASTY);
        try (ScriptedBackend large = ScriptedBackend.answering(
                        "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + "x".repeat(20_000));
                RunningProxy other = new RunningProxy(HASTY, UpstreamSettings.DEFAULT).to(large);
                H2Wire client = other.http2()) {
            client.send(H2Wire.SETTINGS, 0, 0, H2Wire.setting(4, 10)).get(1, "/");
            H2Wire.Answer answer = client.answer(1);
            assertEquals("RST CANCEL", answer.end());
            assertEquals(10, answer.content().length());
        }
    }

    @Test
    void keepsLittleForClientsThatNeverRead() {
        String megabyte = "HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n" + "x".repeat(4_000_000);
        try (ScriptedBackend large = ScriptedBackend.answering(megabyte);
                RunningProxy other = new RunningProxy().to(large);
                H2Wire client = other.http2()) {
            client.send(H2Wire.SETTINGS, 0, 0, H2Wire.setting(4, 0x7fffffff)).window(0, 0x3fffffff);
            long before = usedMemory();
            for (int i = 0; i < 100; i++) {
                client.get(2 * i + 1, "/");
            }
            // Nothing tells when a proxy has stopped reading: so for some time it must not have too much.
            for (long end = System.nanoTime() + SECOND; System.nanoTime() < end; ) {
                long used = usedMemory() - before;
                assertTrue(used < 24 << 20, () -> "holds " + used + " bytes for 100 streams");
                Thread.onSpinWait();
            }
            try (H2Wire reader = other.http2()) {
                reader.send(H2Wire.SETTINGS, 0, 0, H2Wire.setting(4, 0x7fffffff))
                        .window(0, 0x3fffffff);
                assertEquals(4_000_000, reader.get(1, "/").answer(1).content().length());
            }
        }
    }

    private static long usedMemory() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }
}
