package io.fairlead.ingress.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.fairlead.ingress.route.policy.ForwardPolicy;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong over HTTP/1.1: requests and answers that are refused, and those that break off. */
@Timeout(20)
final class Http1FaultTest {

    private static final String GET = "GET /a?b=c HTTP/1.1\r\nHost: shop.example.com\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    private final RunningProxy proxy = new RunningProxy();

    @AfterEach
    void close() {
        proxy.close();
    }

    @Test
    void saysWhatIsMissing() {
        ScriptedBackend gone = ScriptedBackend.answering(OK);
        gone.close();
        proxy.route("gone.example.com", "/", ForwardPolicy.DEFAULT, gone);
        proxy.route("empty.example.com", "/", ForwardPolicy.DEFAULT);
        assertEquals(404, proxy.ask(GET).status());
        assertEquals(
                503,
                proxy.ask("GET / HTTP/1.1\r\nHost: gone.example.com\r\n\r\n").status());
        assertEquals(
                503,
                proxy.ask("GET / HTTP/1.1\r\nHost: empty.example.com\r\n\r\n").status());
    }

    @Test
    void refusesAnswersThatAreNotSound() {
        List<String> answers = List.of(
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\nContent-Length: 1\n\na",
                "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
                "hello\r\n\r\n",
                "");
        for (String answer : answers) {
            try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                connection.readHead();
                connection.send(answer);
            })) {
                RunningProxy own = new RunningProxy();
                try (own) {
                    assertEquals(502, own.to(backend).ask(GET).status(), answer);
                }
            }
        }
    }

    @Test
    void throwsAwayWhatABackendSaysUnasked() {
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                    connection.readHead();
                    connection.send(OK + OK.replace("hello", "wrong"));
                    connection.readHead();
                });
                RawClient client = proxy.to(backend).client()) {
            assertEquals("hello", client.send(GET).answer().body());
            assertEquals("hello", client.send(GET).answer().body());
            assertEquals(2, backend.accepted());
        }
    }

    @Test
    void tellsTheClientWhenAnAnswerIsCutOff() {
        for (String answer : List.of(
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")) {
            try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
                        connection.readHead();
                        connection.send(answer);
                    });
                    RunningProxy own = new RunningProxy();
                    RawClient client = own.to(backend).client()) {
                client.send(GET).answerToHead();
                assertFalse(client.rest().endsWith("0\r\n\r\n"));
            }
        }
    }

    @Test
    void endsTheBackendsConnectionWhenTheClientLeaves() throws InterruptedException {
        BlockingQueue<String> ends = new ArrayBlockingQueue<>(1);
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
            connection.readHead();
            int next = connection.in().read();
            ends.add(next < 0 ? "ended" : "came " + next);
        })) {
            try (RawClient client = proxy.to(backend).client()) {
                client.send(GET);
                while (backend.accepted() == 0) {
                    Thread.onSpinWait();
                }
            }
            assertEquals("ended", ends.poll(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void refusesContentThatIsTooLong() {
        try (ScriptedBackend backend = ScriptedBackend.echoingContent()) {
            proxy.route("", "/", ForwardPolicy.DEFAULT.withBodyBytesMax(10), backend);
            assertEquals(
                    413,
                    proxy.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world")
                            .status());
            assertEquals(
                    413,
                    proxy.ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n")
                            .status());
            assertEquals(
                    200,
                    proxy.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhelloworld")
                            .status());
        }
    }

    @Test
    void believesNothingThatAClientSaysOfItsWay() {
        try (ScriptedBackend backend = ScriptedBackend.echoingHeads()) {
            String head = proxy.to(backend)
                    .ask(RawClient.head(
                            "GET / HTTP/1.1",
                            "Host: a",
                            "X-Forwarded-For: 1.2.3.4",
                            "Forwarded: for=1.2.3.4",
                            "X-Real-IP: 1.2.3.4",
                            "X-Forwarded-Proto: https",
                            "Proxy: http://evil"))
                    .body();
            assertFalse(head.contains("1.2.3.4") || head.contains("https") || head.contains("evil"), head);
        }
    }

    /** What is refused of a head says nothing of its method: it is not that of the request before. */
    @Test
    void refusesWithContentAfterARequestWithout() {
        try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                RawClient client = proxy.to(backend).client()) {
            assertEquals(
                    200,
                    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
                            .answerToHead()
                            .status());
            RawClient.Answer refused = client.send("hello\r\n\r\n").answer();
            assertEquals(400, refused.status());
            assertFalse(refused.body().isEmpty());
        }
    }

    @Test
    void refusesWhatIsNotARequest() {
        proxy.to(ScriptedBackend.answering(OK));
        assertEquals(400, proxy.ask("GET / HTTP/1.1\r\n\r\n").status());
        assertEquals(400, proxy.ask("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n").status());
        assertEquals(
                400,
                proxy.ask("GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n").status());
        assertEquals(501, proxy.ask("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n").status());
        assertEquals(505, proxy.ask("GET / HTTP/2.0\r\nHost: a\r\n\r\n").status());
        assertEquals(400, proxy.ask("hello\r\n\r\n").status());
    }
}
