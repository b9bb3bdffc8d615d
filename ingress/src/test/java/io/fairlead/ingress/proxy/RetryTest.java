package io.fairlead.ingress.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.route.policy.RetryPolicy;
import io.fairlead.ingress.route.policy.Timeouts;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that are sent again, and those that must not be. */
@Timeout(20)
final class RetryTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String PUT = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    private static final String CHUNKED =
            "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    private static final String BUSY = "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy";

    private final RunningProxy proxy = new RunningProxy();
    private final AtomicInteger requests = new AtomicInteger();

    @AfterEach
    void close() {
        proxy.close();
    }

    private static RetryPolicy on(RetryPolicy.Failure... failures) {
        return new RetryPolicy(2, Set.of(failures), List.of(), false);
    }

    /** Answers one request on its first connection, ends that at the second one, and echoes content on others. */
    private ScriptedBackend closingAtTheSecond() {
        return ScriptedBackend.start(connection -> {
            while (connection.readHead()) {
                String content = new String(connection.readBody(), StandardCharsets.ISO_8859_1);
                if (requests.incrementAndGet() == 2) {
                    return;
                }
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + content.length() + "\r\n\r\n" + content);
            }
        });
    }

    @Test
    void sendsContentAgainThatABackendClosingAConnectionDidNotAnswer() {
        for (String request : List.of(PUT, CHUNKED)) {
            requests.set(0);
            try (ScriptedBackend backend = closingAtTheSecond();
                    RunningProxy own = new RunningProxy();
                    RawClient client = own.to(backend).client()) {
                assertEquals(200, client.send(GET).answer().status());
                assertEquals(
                        request.equals(PUT) ? "hello" : "5\r\nhello\r\n0\r\n\r\n",
                        client.send(request).answer().body());
                assertEquals(3, requests.get());
            }
        }
    }

    @Test
    void doesNotSendAPostAgainThatABackendMayHaveActedOn() {
        try (ScriptedBackend backend = closingAtTheSecond();
                RawClient client = proxy.to(backend).client()) {
            assertEquals(200, client.send(GET).answer().status());
            assertEquals(502, client.send(POST).answer().status());
            assertEquals(2, requests.get());
        }
    }

    @Test
    void doesNotSendContentAgainThatIsTooLongToKeep() {
        try (ScriptedBackend backend = closingAtTheSecond();
                RawClient client = proxy.to(backend).client()) {
            assertEquals(200, client.send(GET).answer().status());
            String content = "x".repeat(100_000);
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + content);
            assertEquals(502, client.answer().status());
        }
    }

    /** The backend may be closing a connection that waited for long, and a POST cannot be sent again. */
    @Test
    void sendsAPostOverAConnectionThatSurelyStands() throws InterruptedException {
        try (ScriptedBackend backend = ScriptedBackend.echoingContent();
                RawClient client = proxy.to(backend).client()) {
            client.send(POST).answer();
            client.send(POST).answer();
            assertEquals(1, backend.accepted());
            Thread.sleep(1_100);
            client.send(GET).answer();
            assertEquals(1, backend.accepted());
            Thread.sleep(1_100);
            client.send(POST).answer();
            assertEquals(2, backend.accepted());
        }
    }

    @Test
    void triesAnswersAgainThatThePolicyNames() {
        RetryPolicy busy = new RetryPolicy(2, Set.of(), List.of(503), false);
        try (ScriptedBackend backend = answeringOnceOk(3)) {
            proxy.route("", "/", ForwardPolicy.DEFAULT.withRetry(busy), backend);
            assertEquals(200, proxy.ask(PUT).status());
            assertEquals(3, requests.get());
            requests.set(0);
            assertEquals(503, proxy.ask(POST).status());
            assertEquals(1, requests.get());
        }
    }

    @Test
    void passesTheLastAnswerWhenAllWereTried() {
        RetryPolicy busy = new RetryPolicy(1, Set.of(), List.of(503), false);
        try (ScriptedBackend backend = ScriptedBackend.answering(BUSY)) {
            proxy.route("", "/", ForwardPolicy.DEFAULT.withRetry(busy), backend);
            assertEquals("busy", proxy.ask(GET).body());
        }
    }

    /** Busy, but for the request of this number. */
    private ScriptedBackend answeringOnceOk(int number) {
        return ScriptedBackend.start(connection -> {
            while (connection.readHead()) {
                connection.readBody();
                connection.send(requests.incrementAndGet() == number ? OK : BUSY);
            }
        });
    }

    @Test
    void triesAgainWhatIsNotAnsweredInTimeIfThePolicySaysSo() {
        Timeouts brief = new Timeouts(300, 0, 300);
        try (ScriptedBackend backend = ScriptedBackend.start(connection -> {
            while (connection.readHead()) {
                connection.readBody();
                if (requests.incrementAndGet() % 2 == 1) {
                    silence(connection);
                    return;
                }
                connection.send(OK);
            }
        })) {
            proxy.route(
                    "again",
                    "/",
                    ForwardPolicy.DEFAULT.withTimeouts(brief).withRetry(on(RetryPolicy.Failure.TIMEOUT)),
                    backend);
            proxy.route("once", "/", ForwardPolicy.DEFAULT.withTimeouts(brief), backend);
            assertEquals(200, proxy.ask(GET.replace("Host: a", "Host: again")).status());
            assertEquals(504, proxy.ask(GET.replace("Host: a", "Host: once")).status());
            assertEquals(3, requests.get());
        }
    }

    private static void silence(ScriptedBackend.Connection connection) throws IOException {
        connection.in().transferTo(OutputStream.nullOutputStream());
    }
}
