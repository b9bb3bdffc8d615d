package io.fairlead.ingress.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.proxy.http1.HeadLimits;
import io.fairlead.ingress.proxy.http2.Http2Limits;
import io.fairlead.ingress.upstream.UpstreamSettings;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests to backends of HTTP/2, of clients of both versions. */
@Timeout(30)
final class Http2BackendTest {

    private static final String GET = "GET /a HTTP/1.1\r\nHost: shop.example.com\r\nX-Mine: 1\r\n\r\n";
    private static final String CHUNKED = String.join(
            "\r\n", "POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "", "1", "a", "0", "X-End: 2", "", "");
    private static final int REFUSED_STREAM = 7;

    private final RunningProxy proxy = new RunningProxy();

    @AfterEach
    void close() {
        proxy.close();
    }

    /** What a backend does with the head of each request. */
    interface OnRequest {
        void answer(H2Wire wire, H2Wire.Frame head) throws IOException;
    }

    private static ScriptedBackend backend(OnRequest onRequest) {
        return ScriptedBackend.start(connection -> {
            H2Wire wire = H2Wire.accept(connection);
            H2Wire.Frame head = wire.next(H2Wire.HEADERS);
            while (head.type() >= 0) {
                onRequest.answer(wire, head);
                head = wire.next(H2Wire.HEADERS);
            }
        });
    }

    private static void ok(H2Wire wire, int stream) {
        wire.headers(stream, false, ":status: 200", "content-length: 2").data(stream, true, "ok");
    }

    @Test
    void speaksToHttp1Clients() {
        StringBuilder seen = new StringBuilder();
        try (ScriptedBackend backend = backend((wire, head) -> {
            seen.append(wire.text(head));
            wire.headers(head.stream(), false, ":status: 200", "x-theirs: 2").data(head.stream(), true, "hello");
        })) {
            RawClient.Answer answer = proxy.toHttp2(backend).ask(GET);
            assertEquals("HTTP/1.1 200 OK\r\nx-theirs: 2\r\nTransfer-Encoding: chunked\r\n\r\n", answer.head());
            assertEquals("5\r\nhello\r\n0\r\n\r\n", answer.body());
            String head = seen.toString();
            assertTrue(
                    head.startsWith(
                            ":method: GET\n:scheme: http\n:authority: shop.example.com\n:path: /a\nx-mine: 1\n"),
                    head);
            assertTrue(head.contains("\nx-forwarded-for: 127.0.0.1\n"), head);
            assertFalse(head.contains("\nhost: "), head);
        }
    }

    @Test
    void passesGrpcBothWays() {
        StringBuilder seen = new StringBuilder();
        try (ScriptedBackend backend = backend((wire, head) -> {
                    seen.append(wire.text(head));
                    int stream = head.stream();
                    String message = wire.next(H2Wire.DATA).text();
                    wire.headers(stream, false, ":status: 200", "content-type: application/grpc")
                            .data(stream, false, message + "1");
                    // The answer goes on while the request does.
                    message = wire.next(H2Wire.DATA).text();
                    wire.data(stream, false, message + "2")
                            .headers(stream, true, "grpc-status: 0", "grpc-message: a b");
                });
                H2Wire client = proxy.toHttp2(backend).http2()) {
            client.post(1, "te: trailers", "content-type: application/grpc").data(1, false, "one");
            assertEquals("one1", client.next(H2Wire.DATA).text());
            H2Wire.Answer answer = client.data(1, true, "two").answer(1);
            assertEquals("two2", answer.content());
            assertEquals("grpc-status: 0\ngrpc-message: a b\n", answer.trailers());
            assertTrue(seen.toString().contains("\nte: trailers\n"), seen.toString());
        }
    }

    @Test
    void passesAnswersOfTrailersOnly() {
        try (ScriptedBackend backend =
                        backend((wire, head) -> wire.headers(head.stream(), true, ":status: 200", "grpc-status: 12"));
                H2Wire client = proxy.toHttp2(backend).http2()) {
            client.get(1, "/");
            H2Wire.Frame head = client.next(H2Wire.HEADERS);
            assertEquals(":status: 200\ngrpc-status: 12\n", client.text(head));
            assertTrue(head.endsStream(), "the stream goes on");
        }
    }

    @Test
    void passesTrailersOfRequests() {
        try (ScriptedBackend backend = backend((wire, head) -> {
                    if (!head.endsStream()) {
                        H2Wire.Frame trailers = wire.next(H2Wire.HEADERS);
                        String text = wire.text(trailers).strip();
                        wire.headers(head.stream(), false, ":status: 200", "x-length: " + text.length())
                                .data(head.stream(), true, text);
                    }
                });
                H2Wire client = proxy.toHttp2(backend).http2()) {
            client.post(1).data(1, false, "a").headers(1, true, "x-end: 1");
            assertEquals("x-end: 1", client.answer(1).content());
            String chunked = proxy.ask(CHUNKED).body();
            assertEquals("8\r\nx-end: 2\r\n0\r\n\r\n", chunked);
        }
    }

    @Test
    void sharesOneConnection() {
        try (ScriptedBackend backend = backend((wire, head) -> ok(wire, head.stream()))) {
            proxy.toHttp2(backend);
            try (H2Wire client = proxy.http2()) {
                for (int i = 0; i < 100; i++) {
                    client.get(2 * i + 1, "/");
                }
                assertEquals("200", client.answer(199).outcome());
            }
            for (int i = 0; i < 10; i++) {
                assertEquals("ok", proxy.ask(GET).body());
            }
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void makesAnotherConnectionWhenStreamsRunOut() {
        AtomicInteger waiting = new AtomicInteger();
        UpstreamSettings two =
                new UpstreamSettings(HeadLimits.DEFAULT, 8, 60_000, new Http2Limits(2, 65_536, 1 << 20, 200, 2_000));
        try (ScriptedBackend backend = backend((wire, head) -> waiting.incrementAndGet());
                RunningProxy other = new RunningProxy(ProxySettings.DEFAULT, two).toHttp2(backend);
                H2Wire client = other.http2()) {
            for (int i = 0; i < 5; i++) {
                client.get(2 * i + 1, "/");
            }
            await(waiting, 5);
            assertEquals(3, backend.accepted());
        }
    }

    private static void await(AtomicInteger counter, int wanted) {
        long end = System.nanoTime() + 10_000_000_000L;
        while (counter.get() < wanted && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertEquals(wanted, counter.get());
    }

    @Test
    void asksAgainWhatWasRefused() {
        AtomicInteger asked = new AtomicInteger();
        try (ScriptedBackend backend = backend((wire, head) -> {
                    if (asked.incrementAndGet() == 1) {
                        wire.send(H2Wire.RST_STREAM, 0, head.stream(), H2Wire.number(REFUSED_STREAM));
                    } else {
                        ok(wire, head.stream());
                    }
                });
                H2Wire client = proxy.toHttp2(backend).http2()) {
            // A POST, which is not asked again for any other reason.
            H2Wire.Answer answer = client.headers(
                            1, true, ":method: POST", ":scheme: http", ":authority: a", ":path: /")
                    .answer(1);
            assertEquals("200", answer.outcome());
            assertEquals(2, asked.get());
        }
    }

    @Test
    void asksAgainWhatCameAfterGoAway() {
        AtomicInteger asked = new AtomicInteger();
        try (ScriptedBackend backend = backend((wire, head) -> {
                    if (asked.incrementAndGet() == 1) {
                        wire.send(H2Wire.GOAWAY, 0, 0, new byte[8]);
                    } else {
                        ok(wire, head.stream());
                    }
                });
                H2Wire client = proxy.toHttp2(backend).http2()) {
            H2Wire.Answer answer = client.headers(
                            1, true, ":method: POST", ":scheme: http", ":authority: a", ":path: /")
                    .answer(1);
            assertEquals("200", answer.outcome());
            assertEquals(2, backend.accepted());
        }
    }

    @Test
    void finishesWhatCameBeforeGoAway() {
        try (ScriptedBackend backend = backend((wire, head) -> {
            byte[] last = H2Wire.number(head.stream());
            wire.send(H2Wire.GOAWAY, 0, 0, new byte[] {last[0], last[1], last[2], last[3], 0, 0, 0, 0});
            ok(wire, head.stream());
        })) {
            proxy.toHttp2(backend);
            assertEquals("ok", proxy.ask(GET).body());
            assertEquals("ok", proxy.ask(GET).body());
            assertEquals(2, backend.accepted());
        }
    }

    private static Arguments row(String name, String expected, OnRequest answer) {
        return Arguments.of(name, expected, answer);
    }

    /** By a client of HTTP/2: a status of ours, or how the stream ends. */
    static Stream<Arguments> badAnswers() {
        return Stream.of(
                row("a closed connection", "502", (wire, head) -> wire.socket().close()),
                row("a reset", "502", (wire, head) -> wire.send(H2Wire.RST_STREAM, 0, head.stream(), H2Wire.number(2))),
                row("no HTTP/2", "502", (wire, head) -> wire.raw("HTTP/1.1 400 Bad Request\r\n\r\n")),
                row("a head without a status", "502", (wire, head) -> wire.headers(head.stream(), true, "a: b")),
                row("a status of letters", "502", (wire, head) -> wire.headers(head.stream(), true, ":status: 2oo")),
                row(
                        "a field of one hop",
                        "502",
                        (wire, head) -> wire.headers(head.stream(), true, ":status: 200", "connection: close")),
                row(
                        "a line in a value",
                        "502",
                        (wire, head) -> wire.headers(head.stream(), true, ":status: 200", "a: b\r\nc: d")),
                row("upper case", "502", (wire, head) -> wire.headers(head.stream(), true, ":status: 200", "A: b")),
                row(
                        "a method",
                        "502",
                        (wire, head) -> wire.headers(head.stream(), true, ":status: 200", ":method: GET")),
                row("101", "502", (wire, head) -> wire.headers(head.stream(), false, ":status: 101")),
                row(
                        "an end before the answer",
                        "502",
                        (wire, head) -> wire.headers(head.stream(), true, ":status: 103")),
                row("content before a head", "502", (wire, head) -> wire.data(head.stream(), true, "a")),
                row("endless answers before the answer", "502", (wire, head) -> {
                    for (int i = 0; i < 50; i++) {
                        wire.headers(head.stream(), false, ":status: 103");
                    }
                }),
                row(
                        "content of 204",
                        "RST INTERNAL_ERROR",
                        (wire, head) -> wire.headers(head.stream(), false, ":status: 204")
                                .data(head.stream(), true, "a")),
                row(
                        "more than its length",
                        "RST INTERNAL_ERROR",
                        (wire, head) -> wire.headers(head.stream(), false, ":status: 200", "content-length: 2")
                                .data(head.stream(), true, "abc")),
                row(
                        "less than its length",
                        "RST INTERNAL_ERROR",
                        (wire, head) -> wire.headers(head.stream(), false, ":status: 200", "content-length: 4")
                                .data(head.stream(), true, "abc")),
                row(
                        "a length without content",
                        "502",
                        (wire, head) -> wire.headers(head.stream(), true, ":status: 200", "content-length: 4")),
                row(
                        "a reset within the answer",
                        "RST INTERNAL_ERROR",
                        (wire, head) -> wire.headers(head.stream(), false, ":status: 200")
                                .data(head.stream(), false, "abc")
                                .send(H2Wire.RST_STREAM, 0, head.stream(), H2Wire.number(2))),
                row(
                        "a promise",
                        "502",
                        (wire, head) -> wire.send(H2Wire.PUSH_PROMISE, 4, head.stream(), H2Wire.number(2))),
                row(
                        "pseudo-header fields in trailers",
                        "RST INTERNAL_ERROR",
                        (wire, head) -> wire.headers(head.stream(), false, ":status: 200")
                                .data(head.stream(), false, "abc")
                                .headers(head.stream(), true, ":status: 200")),
                row("a flood of PING", "502", (wire, head) -> {
                    for (int i = 0; i < 3_000; i++) {
                        wire.send(H2Wire.PING, 0, 0, new byte[8]);
                    }
                }));
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @MethodSource("badAnswers")
    void passesNoBadAnswer(String name, String expected, OnRequest bad) {
        AtomicInteger asked = new AtomicInteger();
        try (ScriptedBackend backend = backend((wire, head) -> {
                    if (wire.text(head).contains(":path: /good")) {
                        ok(wire, head.stream());
                    } else {
                        asked.incrementAndGet();
                        bad.answer(wire, head);
                    }
                });
                H2Wire client = proxy.toHttp2(backend).http2()) {
            H2Wire.Answer answer = client.headers(
                            1, true, ":method: POST", ":scheme: http", ":authority: a", ":path: /")
                    .answer(1);
            assertEquals(expected, answer.outcome(), () -> name + " came to " + answer);
            assertEquals(1, asked.get(), name + " was asked again");
            assertEquals("200", client.get(3, "/good").answer(3).outcome(), "the next request after " + name);
        }
    }

    @Test
    void aClientThatDoesNotReadStopsNoOther() {
        try (ScriptedBackend backend = backend((wire, head) -> {
                    boolean large = wire.text(head).contains(":path: /large");
                    wire.headers(head.stream(), false, ":status: 200");
                    int window = 65_536;
                    if (large) {
                        for (int sent = 0; sent < window; sent += 16_384) {
                            wire.send(H2Wire.DATA, 0, head.stream(), new byte[16_384]);
                        }
                    } else {
                        wire.data(head.stream(), true, "ok");
                    }
                });
                H2Wire stalled = proxy.toHttp2(backend).http2();
                H2Wire client = proxy.http2()) {
            stalled.send(H2Wire.SETTINGS, 0, 0, H2Wire.setting(4, 0));
            for (int i = 0; i < 40; i++) {
                stalled.get(2 * i + 1, "/large");
            }
            for (int i = 0; i < 40; i++) {
                assertEquals("ok", client.get(2 * i + 1, "/").answer(2 * i + 1).content());
            }
            assertEquals(1, backend.accepted());
        }
    }
}
