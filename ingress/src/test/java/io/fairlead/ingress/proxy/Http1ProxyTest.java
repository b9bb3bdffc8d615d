package io.fairlead.ingress.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.route.RouteAction;
import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.route.policy.HeaderEdits;
import io.fairlead.ingress.route.policy.HeaderField;
import io.fairlead.ingress.route.policy.PathRewrite;
import io.fairlead.ingress.route.policy.RequestEdits;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One request after the other over HTTP/1.1, from a client's socket to a backend's. */
@Timeout(20)
final class Http1ProxyTest {

    private static final String GET = "GET /a?b=c HTTP/1.1\r\nHost: shop.example.com\r\nX-Mine: 1\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Theirs: 2\r\n\r\nhello";

    private final RunningProxy proxy = new RunningProxy();

    @AfterEach
    void close() {
        proxy.close();
    }

    @Test
    void passesRequestAndAnswer() {
        try (ScriptedBackend backend = ScriptedBackend.echoingHeads()) {
            RawClient.Answer answer = proxy.to(backend).ask(GET);
            assertEquals(200, answer.status());
            String head = answer.body();
            assertTrue(head.startsWith("GET /a?b=c HTTP/1.1\r\nHost: shop.example.com\r\nX-Mine: 1\r\n"), head);
            assertTrue(head.contains("\r\nX-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\n"), head);
            assertTrue(head.contains("\r\nX-Forwarded-Host: shop.example.com\r\n"), head);
            assertTrue(head.contains("\r\nX-Forwarded-Proto: http\r\n"), head);
            assertTrue(head.matches("(?s).*\r\nX-Request-ID: [0-9a-f]{32}\r\n\r\n"), head);
        }
    }

    @Test
    void keepsBothConnections() {
        try (ScriptedBackend backend = ScriptedBackend.answering(OK);
                RawClient client = proxy.to(backend).client()) {
            for (int i = 0; i < 100; i++) {
                RawClient.Answer answer = client.send(GET).answer();
                assertEquals("hello", answer.body());
                assertEquals("2", answer.field("X-Theirs"));
            }
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() {
        try (ScriptedBackend backend = ScriptedBackend.echoingHeads();
                RawClient client = proxy.to(backend).client()) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                all.append("GET /").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
            }
            client.send(all.toString());
            for (int i = 0; i < 50; i++) {
                assertTrue(client.answer().body().startsWith("GET /" + i + " "));
            }
        }
    }

    /** Answers that fill the buffer they are read into make the loop read on, at times the next answer. */
    @Test
    void losesNoAnswerThatTheNextOneFollowsAtOnce() {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 472\r\n\r\n";
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    for (int i = 0; connection.readHead(); i++) {
                        String text = Integer.toString(i);
                        connection.send(head + text + "-".repeat(512 - head.length() - text.length()));
                    }
                });
                RawClient client = proxy.to(backend).client()) {
            for (int i = 0; i < 3_000; i += 50) {
                client.send(GET.repeat(50));
                for (int j = i; j < i + 50; j++) {
                    assertTrue(client.answer().body().startsWith(j + "-"));
                }
            }
        }
    }

    @Test
    void passesHeadNoContentAndNotModified() {
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
                    connection.readHead();
                    connection.send("HTTP/1.1 204 No Content\r\n\r\n");
                    connection.readHead();
                    connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nContent-Length: 77\r\n\r\n");
                    connection.readHead();
                    connection.send(OK);
                });
                RawClient client = proxy.to(backend).client()) {
            RawClient.Answer head =
                    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").answerToHead();
            assertEquals("1234", head.field("Content-Length"));
            assertEquals("", client.send(GET).answer().field("Content-Length"));
            assertEquals(304, client.send(GET).answer().status());
            assertEquals("hello", client.send(GET).answer().body());
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void passesContentOfKnownLength() {
        try (ScriptedBackend backend = ScriptedBackend.echoingContent()) {
            String content = "x".repeat(100_000);
            RawClient.Answer answer =
                    proxy.to(backend).ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + content);
            assertEquals(content, answer.body());
        }
    }

    @Test
    void passesChunksAndTrailersBothWays() {
        try (ScriptedBackend backend = ScriptedBackend.echoingContent();
                RawClient client = proxy.to(backend).client()) {
            String chunks = "5;ext=1\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 7\r\n\r\n";
            for (int i = 0; i < 3; i++) {
                RawClient.Answer answer = client.send(
                                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
                        .answerToHead();
                assertEquals("chunked", answer.field("Transfer-Encoding"));
                assertEquals(chunks, read(client, chunks.length()));
            }
            assertEquals(1, backend.accepted());
        }
    }

    private static String read(RawClient client, int bytes) {
        try {
            return new String(client.in().readNBytes(bytes), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void chunksWhatEndsWithTheConnection() {
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\n\r\nhel");
                    connection.send("lo");
                });
                RawClient client = proxy.to(backend).client()) {
            RawClient.Answer first = client.send(GET).answer();
            assertEquals("chunked", first.field("Transfer-Encoding"));
            assertEquals("hello", first.body().replaceAll("[0-9a-f]+\r\n|\r\n", ""));
            assertEquals(200, client.send(GET).answer().status());
        }
    }

    @Test
    void speaksHttp10WithOldClients() {
        try (ScriptedBackend backend = ScriptedBackend.echoingContent();
                RawClient client = proxy.to(backend).client()) {
            RawClient.Answer kept = client.send(
                            "POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi")
                    .answer();
            assertEquals("keep-alive", kept.field("Connection"));
            RawClient.Answer last = client.send("POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi")
                    .answer();
            assertEquals("close", last.field("Connection"));
            assertTrue(client.isEnded());
        }
    }

    @Test
    void takesTheChunksAwayForOldClients() {
        try (ScriptedBackend backend = ScriptedBackend.answering(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")) {
            RawClient.Answer answer = proxy.to(backend).ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertEquals("", answer.field("Transfer-Encoding"));
            assertEquals("close", answer.field("Connection"));
            assertEquals("hello", answer.body());
        }
    }

    @Test
    void passesContinueAndEarlyHints() {
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    assertEquals("100-continue", connection.field("expect"));
                    connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
                    connection.readBody();
                    connection.send(OK);
                });
                RawClient client = proxy.to(backend).client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertEquals("</a>", client.answer().field("Link"));
            assertEquals(100, client.answer().status());
            assertEquals("hello", client.send("hi").answer().body());
        }
    }

    @Test
    void endsTheConnectionWhenTheAnswerDidNotWaitForTheContent() {
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
                    connection.in().transferTo(OutputStream.nullOutputStream());
                });
                RawClient client = proxy.to(backend).client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nbeginning");
            assertEquals("no", client.answer().body());
            client.send("x".repeat(10_000));
            assertTrue(client.isEnded());
        }
    }

    @Test
    void tunnelsAfterAnUpgrade() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    assertEquals("websocket", connection.field("upgrade"));
                    assertEquals("Upgrade", connection.field("connection"));
                    connection.send(RawClient.head(
                                    "HTTP/1.1 101 Switching Protocols",
                                    "Connection: upgrade",
                                    "Upgrade: websocket",
                                    "Sec-WebSocket-Accept: x")
                            + "first");
                    byte[] five = connection.in().readNBytes(5);
                    connection.send("got " + new String(five, StandardCharsets.US_ASCII));
                });
                RawClient client = proxy.to(backend).client()) {
            client.send(RawClient.head(
                    "GET /ws HTTP/1.1",
                    "Host: a",
                    "Connection: keep-alive, Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Key: k"));
            RawClient.Answer answer = client.answer();
            assertEquals(101, answer.status());
            assertEquals("x", answer.field("Sec-WebSocket-Accept"));
            assertEquals("first", read(client, 5));
            client.send("hello");
            assertEquals("got hello", client.rest());
        }
    }

    @Test
    void keepsTheConnectionWhenAnUpgradeIsNotAccepted() {
        try (ScriptedBackend backend = ScriptedBackend.answering(OK);
                RawClient client = proxy.to(backend).client()) {
            String request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
            assertEquals("hello", client.send(request).answer().body());
            assertEquals("hello", client.send(request).answer().body());
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void doesNotPassUpgradesToHttp2() {
        try (ScriptedBackend backend = ScriptedBackend.echoingHeads()) {
            String head = proxy.to(backend)
                    .ask(RawClient.head(
                            "GET / HTTP/1.1",
                            "Host: a",
                            "Connection: Upgrade, HTTP2-Settings",
                            "Upgrade: h2c",
                            "HTTP2-Settings: AAMAAABkAAQAAP__"))
                    .body();
            assertFalse(head.toLowerCase(Locale.ROOT).contains("upgrade"), head);
            assertFalse(head.contains("HTTP2-Settings"), head);
        }
    }

    @Test
    void asksAgainWhenAKeptConnectionWasClosed() {
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    connection.send(OK);
                    if (connection.number() == 1) {
                        // It is still in the pool when the next request takes it.
                        connection.readHead();
                        return;
                    }
                    connection.readHead();
                    connection.send(OK);
                });
                RawClient client = proxy.to(backend).client()) {
            assertEquals(200, client.send(GET).answer().status());
            assertEquals(200, client.send(GET).answer().status());
            assertEquals(2, backend.accepted());
        }
    }

    @Test
    void doesNotSendAgainWhatMayHaveHadItsEffect() {
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    connection.send(OK);
                    connection.readHead();
                });
                RawClient client = proxy.to(backend).client()) {
            String post = "POST / HTTP/1.1\r\nHost: a\r\n\r\n";
            assertEquals(200, client.send(post).answer().status());
            assertEquals(502, client.send(post).answer().status());
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void triesAnotherEndpointWhenOneRefuses() {
        ScriptedBackend gone = ScriptedBackend.answering(OK);
        gone.close();
        try (ScriptedBackend backend = ScriptedBackend.answering(OK)) {
            proxy.to(gone, backend);
            for (int i = 0; i < 50; i++) {
                assertEquals(
                        200,
                        proxy.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
                                .status());
            }
        }
    }

    @Test
    void editsHeadsAndPaths() {
        HeaderEdits request = new HeaderEdits(
                List.of("X-Mine"),
                List.of(new HeaderField("User-Agent", "edited")),
                List.of(new HeaderField("X-Add", "3")));
        HeaderEdits answer =
                new HeaderEdits(List.of("x-theirs"), List.of(), List.of(new HeaderField("X-Frame-Options", "DENY")));
        ForwardPolicy policy = ForwardPolicy.DEFAULT
                .withRequest(new RequestEdits(new PathRewrite.Prefix("/inner/"), "inside:8080", request))
                .withResponseHeaders(answer);
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
            connection.readHead();
            connection.send("HTTP/1.1 200 OK\r\nX-Theirs: 2\r\nContent-Length: "
                    + connection.head().length() + "\r\n\r\n" + connection.head());
        })) {
            proxy.route("", "/a", policy, backend);
            RawClient.Answer edited =
                    proxy.ask("GET /a/b/../c?d HTTP/1.1\r\nHost: shop\r\nX-Mine: 1\r\nUser-Agent: curl\r\n\r\n");
            assertTrue(edited.body().startsWith("GET /inner/c?d HTTP/1.1\r\nHost: inside:8080\r\n"), edited.body());
            assertTrue(edited.body().contains("\r\nX-Forwarded-Host: shop\r\n"), edited.body());
            assertTrue(edited.body().contains("\r\nUser-Agent: edited\r\nX-Add: 3\r\n"), edited.body());
            assertFalse(edited.body().contains("X-Mine"), edited.body());
            assertFalse(edited.body().contains("curl"), edited.body());
            assertEquals("", edited.field("X-Theirs"));
            assertEquals("DENY", edited.field("X-Frame-Options"));
        }
    }

    @Test
    void redirects() {
        proxy.route("", "/", RouteAction.Redirect.toHttps(308, 0));
        RawClient.Answer answer = proxy.ask("GET /a?b HTTP/1.1\r\nHost: Shop.example.com:8080\r\n\r\n");
        assertEquals(308, answer.status());
        assertEquals("https://Shop.example.com/a?b", answer.field("Location"));
    }

    @Test
    void countsWhatRequestsCameTo() {
        try (ScriptedBackend backend = ScriptedBackend.answering(OK)) {
            proxy.route("shop.example.com", "/", ForwardPolicy.DEFAULT, backend);
            proxy.ask(GET);
            proxy.ask("POST / HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: 3\r\n\r\nabc");
            proxy.ask("GET / HTTP/1.1\r\nHost: other\r\n\r\n");
            proxy.ask("hello\r\n\r\n");
            String page = proxy.metrics();
            String shop = "{namespace=\"shop\",ingress=\"web\",service=\"web-0\"";
            String none = "{namespace=\"\",ingress=\"\",service=\"\"";
            for (String line : List.of(
                    "requests_total" + shop + ",code=\"2xx\"} 2",
                    "requests_total" + none + ",code=\"4xx\"} 2",
                    "request_duration_seconds_count" + shop + "} 2",
                    "request_bytes_total" + shop + "} 3",
                    "answer_bytes_total" + shop + "} 10")) {
                assertTrue(page.contains("fairlead_ingress_" + line + "\n"), () -> line + " in\n" + page);
            }
        }
    }
}
