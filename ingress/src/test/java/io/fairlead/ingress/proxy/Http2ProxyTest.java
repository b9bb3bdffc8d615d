package io.fairlead.ingress.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.proxy.front.TrustedProxies;
import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.upstream.UpstreamSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of HTTP/2 to backends of HTTP/1.1. */
@Timeout(30)
final class Http2ProxyTest {

    private final RunningProxy proxy = new RunningProxy();

    @AfterEach
    void close() {
        proxy.close();
    }

    @Test
    void passesRequestAndAnswer() {
        try (ScriptedBackend backend = ScriptedBackend.echoingHeads();
                H2Wire client = proxy.to(backend).http2()) {
            H2Wire.Answer answer = client.headers(
                            1,
                            true,
                            ":method: GET",
                            ":scheme: http",
                            ":authority: shop.example.com",
                            ":path: /a?b=c",
                            "cookie: a=1",
                            "x-mine: 1",
                            "cookie: b=2",
                            "te: trailers",
                            "x-forwarded-for: 10.0.0.1")
                    .answer(1);
            assertEquals("200", answer.outcome());
            String head = answer.content();
            assertTrue(head.startsWith("GET /a?b=c HTTP/1.1\r\nhost: shop.example.com\r\nx-mine: 1\r\n"), head);
            assertTrue(head.contains("\r\ncookie: a=1; b=2\r\n"), head);
            assertTrue(head.contains("\r\nX-Forwarded-For: 127.0.0.1\r\n"), head);
            assertFalse(head.contains("10.0.0.1"), head);
            assertFalse(head.contains("te: "), head);
            assertTrue(answer.heads().contains("content-length: " + head.length() + "\n"), answer.heads());
        }
    }

    @Test
    void translatesAnswerHeads() {
        String answer =
                "HTTP/1.1 203 Whatever\r\nContent-Length: 2\r\nX-Upper:  a b\t\r\nConnection: x-hop\r\nX-Hop: 1\r\n"
                        + "Keep-Alive: 5\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nEmpty:\r\nLong: " + "y".repeat(500)
                        + "\r\n\r\nok";
        try (ScriptedBackend backend = ScriptedBackend.answering(answer);
                H2Wire client = proxy.to(backend).http2()) {
            assertEquals(
                    ":status: 203\nx-upper: a b\nset-cookie: a=1\nset-cookie: b=2\nempty: \nlong: " + "y".repeat(500)
                            + "\ncontent-length: 2\n",
                    client.get(1, "/").answer(1).heads());
        }
    }

    @Test
    void answersManyStreamsInAnyOrder() {
        CountDownLatch second = new CountDownLatch(1);
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    if (connection.head().startsWith("GET /slow")) {
                        awaitQuietly(second);
                    }
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
                });
                H2Wire client = proxy.to(backend).http2()) {
            client.get(1, "/slow").get(3, "/fast");
            assertEquals("200", client.answer(3).outcome());
            second.countDown();
            assertEquals("200", client.answer(1).outcome());
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void passesContentOfKnownAndUnknownLength() {
        try (ScriptedBackend backend = echo();
                H2Wire client = proxy.to(backend).http2()) {
            client.post(1, "content-length: 6")
                    .data(1, false, "abc")
                    .data(1, false, "")
                    .data(1, true, "def");
            assertEquals("abcdef", client.answer(1).content());
            client.post(3).data(3, false, "abc").data(3, true, "");
            assertEquals("3\r\nabc\r\n0\r\n\r\n", client.answer(3).content());
            client.post(5).data(5, true, "");
            assertEquals("0\r\n\r\n", client.answer(5).content());
            client.post(7, "content-length: 0").data(7, true, "");
            assertEquals("200", client.answer(7).outcome());
        }
    }

    @Test
    void passesTrailersBothWays() {
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    while (connection.readHead()) {
                        String body = new String(connection.readBody(), StandardCharsets.ISO_8859_1);
                        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + Integer.toHexString(body.length()) + "\r\n" + body
                                + "\r\n0\r\nX-Sum: 7\r\nX-Other: a\r\n\r\n");
                    }
                });
                H2Wire client = proxy.to(backend).http2()) {
            client.post(1).data(1, false, "abc").headers(1, true, "x-end: 1");
            H2Wire.Answer answer = client.answer(1);
            assertEquals("3\r\nabc\r\n0\r\nx-end: 1\r\n\r\n", answer.content());
            assertEquals("x-sum: 7\nx-other: a\n", answer.trailers());
            assertFalse(answer.heads().contains("transfer-encoding"), answer.heads());
        }
    }

    private static ScriptedBackend echo() {
        return ScriptedBackend.start(connection -> {
            while (connection.readHead()) {
                String body = new String(connection.readBody(), StandardCharsets.ISO_8859_1);
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            }
        });
    }

    @Test
    void passesAnswersBeforeTheAnswer() {
        try (ScriptedBackend backend = ScriptedBackend.answering(
                        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
                H2Wire client = proxy.to(backend).http2()) {
            H2Wire.Answer answer = client.get(1, "/").answer(1);
            assertEquals(":status: 103\nlink: </a>\n:status: 200\ncontent-length: 1\n", answer.heads());
        }
    }

    @Test
    void endsWhatHasNoContentWithItsHead() {
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    while (connection.readHead()) {
                        boolean head = connection.head().startsWith("HEAD");
                        connection.send(
                                head ? "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" : "HTTP/1.1 204 No\r\n\r\n");
                    }
                });
                H2Wire client = proxy.to(backend).http2()) {
            client.headers(1, true, ":method: HEAD", ":scheme: http", ":authority: a", ":path: /");
            H2Wire.Frame head = client.next(H2Wire.HEADERS);
            assertTrue(head.endsStream(), "the answer to HEAD");
            assertTrue(client.text(head).contains("content-length: 9"), "the answer to HEAD");
            client.get(3, "/");
            assertTrue(client.next(H2Wire.HEADERS).endsStream(), "204");
        }
    }

    @Test
    void tellsThatAnAnswerIsCutOff() {
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
                });
                H2Wire client = proxy.to(backend).http2()) {
            H2Wire.Answer answer = client.get(1, "/").answer(1);
            assertEquals("RST INTERNAL_ERROR", answer.end());
        }
    }

    @Test
    void answersByItselfAndStopsContentThatNobodyNeeds() {
        try (H2Wire client = proxy.http2()) {
            client.post(1).data(1, false, "abc");
            assertEquals("404", client.answer(1).outcome());
            H2Wire.Frame reset = client.next(H2Wire.RST_STREAM);
            assertEquals("NO_ERROR", H2Wire.error(reset.number(0)));
            client.data(1, false, "def");
            assertEquals("404", client.get(3, "/").answer(3).outcome());
        }
    }

    @Test
    void limitsContent() {
        try (ScriptedBackend backend = echo();
                H2Wire client = proxy.route("", "/", ForwardPolicy.DEFAULT.withBodyBytesMax(5), backend)
                        .http2()) {
            client.post(1, "content-length: 6");
            assertEquals("413", client.answer(1).outcome());
            client.post(3).data(3, false, "abcdef");
            assertEquals("413", client.answer(3).outcome());
            client.post(5).data(5, true, "abcde");
            assertEquals("200", client.answer(5).outcome());
        }
    }

    @Test
    void aStreamThatStallsStopsNoOther() {
        CountDownLatch end = new CountDownLatch(1);
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    if (connection.head().startsWith("POST")) {
                        awaitQuietly(end);
                    }
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(100_000));
                });
                H2Wire client = proxy.to(backend).http2()) {
            client.post(1).send(H2Wire.DATA, 0, 1, new byte[16_384]);
            // Its answer gets as far as the stream's window, 65,535.
            client.get(3, "/").window(0, 1_000_000);
            for (int came = 0; came < 65_535; ) {
                H2Wire.Frame frame = client.next();
                came += frame.is(H2Wire.DATA, 3) ? frame.text().length() : 0;
            }
            client.get(5, "/").window(5, 1_000_000);
            assertEquals(100_000, client.answer(5).content().length());
            assertEquals(
                    100_000 - 65_535,
                    client.window(3, 1_000_000).answer(3).content().length());
            end.countDown();
        }
    }

    @Test
    void drainsInTwoSteps() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    awaitQuietly(end);
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
                });
                H2Wire client = proxy.to(backend).http2()) {
            client.get(1, "/").send(H2Wire.PING, 0, 0, new byte[8]);
            client.next(H2Wire.PING);
            Thread drain = Thread.ofVirtual().start(() -> proxy.server().drain(Duration.ofSeconds(20)));
            assertEquals(Integer.MAX_VALUE, client.next(H2Wire.GOAWAY).number(0));
            client.get(3, "/");
            assertEquals(3, client.next(H2Wire.GOAWAY).number(0));
            client.get(5, "/");
            assertEquals("RST REFUSED_STREAM", client.answer(5).end());
            end.countDown();
            int ends = 0;
            for (H2Wire.Frame frame = client.next(); frame.type() >= 0; frame = client.next()) {
                ends += frame.endsStream() ? 1 : 0;
            }
            assertEquals(2, ends, "answers before the end");
            drain.join();
        }
    }

    @Test
    void endsAfterSoManyRequests() {
        ProxySettings one = new ProxySettings(
                ProxySettings.DEFAULT.headLimits(),
                15_000,
                75_000,
                1,
                5_000,
                600_000,
                ProxySettings.DEFAULT.http2(),
                TrustedProxies.NONE);
        try (ScriptedBackend backend = echo();
                RunningProxy other = new RunningProxy(one, UpstreamSettings.DEFAULT).to(backend);
                H2Wire client = other.http2()) {
            client.get(1, "/");
            assertEquals(H2Wire.GOAWAY, client.next(H2Wire.GOAWAY).type());
        }
    }

    @Test
    void ignoresUpgradesToHttp2() {
        try (ScriptedBackend backend = ScriptedBackend.echoingHeads()) {
            RawClient.Answer answer = proxy.to(backend)
                    .ask(String.join(
                            "\r\n",
                            "GET / HTTP/1.1",
                            "Host: a",
                            "Connection: Upgrade, HTTP2-Settings",
                            "Upgrade: h2c",
                            "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
                            "",
                            ""));
            assertEquals(200, answer.status());
            assertFalse(answer.body().contains("pgrade"), answer.body());
        }
    }

    @Test
    void tellsBothVersionsApartByteByByte() {
        try (ScriptedBackend backend = ScriptedBackend.echoingHeads();
                H2Wire client = H2Wire.connectSilently(
                        proxy.to(backend).server().addresses().getFirst());
                RawClient old = proxy.client()) {
            for (int i = 0; i < H2Wire.PREFACE.length(); i++) {
                client.raw(H2Wire.PREFACE.substring(i, i + 1));
            }
            client.send(H2Wire.SETTINGS, 0, 0, H2Wire.NOTHING);
            assertEquals("200", client.get(1, "/").answer(1).outcome());
            for (String piece : new String[] {"P", "R", "I", "NT / HTTP/1.1\r\nHo", "st: a\r\n\r\n"}) {
                old.send(piece);
            }
            assertTrue(old.answer().body().startsWith("PRINT / HTTP/1.1\r\nHost: a\r\n"), "a method that begins alike");
        }
    }
}
