package io.fairlead.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
final class HttpServerTest {

    private static final HttpLimits LIMITS = new HttpLimits(1024, 4, Duration.ofSeconds(2), Duration.ofSeconds(2));
    private static final int LONG_LINES = 100_000;

    private final List<HttpServer> servers = new ArrayList<>();
    private HttpServer server;

    HttpServerTest() {
        server = start(Set.of(), LIMITS);
    }

    @BeforeEach
    void serverListens() {
        assertTrue(port(server) > 0);
    }

    @AfterEach
    void stop() {
        servers.forEach(HttpServer::close);
    }

    private HttpServer start(Set<String> hosts, HttpLimits limits) {
        Map<String, HttpHandler> handlers = Map.of(
                "/healthz", request -> HttpReply.text(200, "ok\n"),
                "/red", request -> HttpReply.text(503, "overdue\n"),
                "/echo", request -> HttpReply.text(200, request.parameter("x").orElse("none")),
                "/long", request -> HttpReply.ok(HttpReply.TEXT, HttpServerTest::writeLong),
                "/bug", HttpServerTest::fail,
                "/late-bug",
                        request -> HttpReply.ok(HttpReply.TEXT, out -> {
                            writeLong(out);
                            throw new IllegalStateException("expected by this test");
                        }));
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        HttpServer started = HttpServer.start(new HttpEndpoint.Tcp(address, hosts), handlers, limits);
        servers.add(started);
        return started;
    }

    private static HttpReply fail(HttpRequest request) {
        throw new IllegalStateException("expected by this test: " + request.path());
    }

    private static void writeLong(Appendable out) {
        for (int i = 0; i < LONG_LINES; i++) {
            ReplyStream.append(out, "zeile ü 😀\n");
        }
    }

    private static int port(HttpServer server) {
        return server.endpoint() instanceof HttpEndpoint.Tcp tcp ? tcp.address().getPort() : 0;
    }

    /** Sends bytes as they are and reads until the server closes. */
    private static String raw(HttpServer server, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(server))) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private HttpResponse<String> get(String target) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + port(server) + target);
            return client.send(java.net.http.HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        }
    }

    @Test
    void servesTheJdksClient() throws IOException, InterruptedException {
        HttpResponse<String> response = get("/healthz");
        assertEquals(200, response.statusCode());
        assertEquals("ok\n", response.body());
        assertEquals(
                HttpReply.TEXT, response.headers().firstValue("content-type").orElse(""));
        assertEquals("3", response.headers().firstValue("content-length").orElse(""));
        assertEquals(503, get("/red").statusCode());
        assertEquals("a b&ü=", get("/echo?y=1&x=a+b%26%C3%BC%3D").body());
        assertEquals("none", get("/echo").body());
    }

    @Test
    void longPagesGoInChunksAndArriveWhole() throws IOException, InterruptedException {
        HttpResponse<String> response = get("/long");
        assertEquals("zeile ü 😀\n".repeat(LONG_LINES), response.body());
        assertEquals(
                "chunked", response.headers().firstValue("transfer-encoding").orElse(""));
    }

    @Test
    void oldClientsGetLongPagesWithoutChunks() throws IOException {
        String reply = raw(server, "GET /long HTTP/1.0\r\n\r\n");
        assertTrue(reply.endsWith("\r\n\r\n" + "zeile ü 😀\n".repeat(LONG_LINES)), reply.substring(0, 300));
    }

    @Test
    void unknownPagesNameTheOnesThereAre() throws IOException, InterruptedException {
        HttpResponse<String> response = get("/nothing");
        assertEquals(404, response.statusCode());
        assertTrue(response.body().contains("/bug /echo /healthz"), response.body());
    }

    @Test
    void onlyQuestionsAreServed() throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + port(server) + "/healthz");
            java.net.http.HttpRequest post = java.net.http.HttpRequest.newBuilder(uri)
                    .POST(BodyPublishers.ofString("x"))
                    .build();
            HttpResponse<String> response = client.send(post, BodyHandlers.ofString());
            assertEquals(405, response.statusCode());
            assertEquals(
                    "GET, HEAD, OPTIONS", response.headers().firstValue("allow").orElse(""));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /healthz HTTP/1.1\\r\\n\\r\\n|400",
                "GET /healthz HTTP/1.1\\r\\nHost: a\\r\\nHost: b\\r\\n\\r\\n|400",
                "GET /healthz HTTP/1.1\\r\\nHost : a\\r\\n\\r\\n|400",
                "GET /healthz HTTP/1.1\\r\\nHost: a\\r\\n folded\\r\\n\\r\\n|400",
                "GET /healthz HTTP/1.1\\nHost: a\\r\\n\\r\\n|400",
                "GET  /healthz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n|400",
                "GET http://a/healthz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n|400",
                "GET /healthz HTTP/2.0\\r\\nHost: a\\r\\n\\r\\n|400",
                "GET /healthz\\r\\n\\r\\n|400",
                "\\26\\3\\1 tls\\r\\n\\r\\n|400",
                "GET /echo?x=%zz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n|400",
                "GET /echo?x=1&x=2 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n|400",
                "GET /../etc/passwd HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n|404",
                "GET /healthz/ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n|404",
                "OPTIONS /red HTTP/1.0\\r\\n\\r\\n|503",
                "DELETE /healthz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n|405",
                "GET /healthz HTTP/1.0\\r\\n\\r\\n|200",
                "GET /healthz HTTP/1.1\\r\\nhOsT:\\t a \\r\\n\\r\\n|200"
            })
    void answersWhatIsOddWithTheRightStatus(String request, int status) throws IOException {
        String reply = raw(server, request.translateEscapes());
        assertTrue(reply.startsWith("HTTP/1.1 " + status + " "), reply);
    }

    @Test
    void headIsGetWithoutTheBody() throws IOException {
        for (String path : List.of("/healthz", "/red", "/long", "/nothing")) {
            String get = raw(server, "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
            String head = raw(server, "HEAD " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
            assertEquals(get.substring(0, get.indexOf("\r\n\r\n") + 4), head);
        }
    }

    @Test
    void anyPathHasItsHandlerAndReplyItsHeaders() throws IOException {
        HttpHandler weighed = request -> new HttpReply(
                200,
                HttpReply.TEXT,
                Map.of("X-Weight", "3"),
                out -> ReplyStream.append(out, request.path() + " over IPv6 " + request.overIpv6()));
        HttpHandler own = request -> HttpReply.text(200, "own");
        // Listens on both families.
        HttpEndpoint everywhere = new HttpEndpoint.Tcp(new InetSocketAddress(0), Set.of());
        HttpServer any =
                HttpServer.start(everywhere, Map.of(HttpServer.ANY_PATH, weighed, "/own", own), HttpLimits.DEFAULT);
        servers.add(any);
        String request = "GET /some/path?x HTTP/1.0\r\n\r\n";
        String reply = raw(any, request);
        assertTrue(reply.contains("\r\nX-Weight: 3\r\n"), reply);
        assertTrue(reply.endsWith("\r\n\r\n/some/path over IPv6 false"), reply);
        assertTrue(raw(any, "GET /own HTTP/1.0\r\n\r\n").endsWith("own"));
        try (Socket socket = new Socket(InetAddress.ofLiteral("::1"), port(any))) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String over6 = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(over6.endsWith("/some/path over IPv6 true"), over6);
        }
    }

    @Test
    void addressIsFreeAfterClose() {
        for (int i = 0; i < 100; i++) {
            HttpServer first = start(Set.of(), LIMITS);
            first.close();
            servers.add(HttpServer.start(first.endpoint(), Map.of(), LIMITS));
        }
    }

    @Test
    void longHeadsAreRefused() throws IOException {
        String reply = raw(server, "GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(LIMITS.headBytesMax() - 34));
        assertTrue(reply.startsWith("HTTP/1.1 431 "), reply);
    }

    @Test
    void slowClientsAreClosed() throws IOException {
        long start = System.nanoTime();
        assertEquals("", raw(server, "GET /healthz HT"));
        Duration waited = Duration.ofNanos(System.nanoTime() - start);
        assertTrue(waited.compareTo(LIMITS.requestTimeout()) >= 0, waited.toString());
        assertTrue(waited.compareTo(Duration.ofSeconds(10)) < 0, waited.toString());
    }

    @Test
    void clientsThatDoNotReadAreClosed() throws IOException, InterruptedException {
        HttpServer huge = startHuge();
        try (Socket reader = new Socket(InetAddress.getLoopbackAddress(), port(huge))) {
            reader.getOutputStream().write("GET /huge HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            awaitConnections(huge, 1);
            awaitConnections(huge, 0);
        }
    }

    /** A page that no socket buffer can hold. */
    private HttpServer startHuge() {
        HttpHandler endless = request -> HttpReply.ok(HttpReply.TEXT, out -> {
            while (true) {
                ReplyStream.append(out, "again and again\n");
            }
        });
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        HttpServer huge = HttpServer.start(new HttpEndpoint.Tcp(address, Set.of()), Map.of("/huge", endless), LIMITS);
        servers.add(huge);
        return huge;
    }

    private static void awaitConnections(HttpServer server, int count) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (server.connections() != count) {
            assertTrue(System.nanoTime() < deadline, server.connections() + " connections, expected " + count);
            Thread.sleep(5);
        }
    }

    @Test
    void tooManyConnectionsAreTurnedAway() throws IOException, InterruptedException {
        HttpServer patient = start(Set.of(), HttpLimits.DEFAULT);
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < HttpLimits.DEFAULT.connectionsMax(); i++) {
                idle.add(new Socket(InetAddress.getLoopbackAddress(), port(patient)));
            }
            String reply = raw(patient, "");
            assertTrue(reply.startsWith("HTTP/1.1 503 "), reply);
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
        awaitConnections(patient, 0);
        assertTrue(raw(patient, "GET /healthz HTTP/1.0\r\n\r\n").startsWith("HTTP/1.1 200 "));
    }

    @Test
    void aPageThatFailsIsAnErrorAndAPageThatFailsLateIsCutOff() throws IOException, InterruptedException {
        HttpResponse<String> response = get("/bug");
        assertEquals(500, response.statusCode());
        assertTrue(!response.body().contains("expected"), "no inner detail: " + response.body());
        assertThrows(IOException.class, () -> get("/late-bug"));
        assertEquals(200, get("/healthz").statusCode());
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:10256, 200",
        "LOCALHOST, 200",
        "[::1]:1, 200",
        "evil.example, 421",
        "localhost.evil.example, 421",
        "user@localhost, 421",
        "'', 421",
        "localhost:x, 421"
    })
    void hostIsCheckedWhenAsked(String host, int status) throws IOException {
        HttpServer guarded = start(Set.of("127.0.0.1", "localhost", "[::1]"), LIMITS);
        String reply = raw(guarded, "GET /healthz HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        assertTrue(reply.startsWith("HTTP/1.1 " + status + " "), reply);
        assertTrue(raw(guarded, "GET /healthz HTTP/1.0\r\n\r\n").startsWith("HTTP/1.1 421 "), "no host at all");
    }

    @Test
    void survivesNoise() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(server))) {
                socket.getOutputStream().write(noise);
                socket.shutdownOutput();
                InputStream in = socket.getInputStream();
                String reply = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(reply.isEmpty() || reply.startsWith("HTTP/1.1 400 "), "seed " + seed + ": " + reply);
            }
        }
        assertTrue(raw(server, "GET /healthz HTTP/1.0\r\n\r\n").startsWith("HTTP/1.1 200 "), "seed " + seed);
    }

    @Test
    void aTakenPortIsToldWithItsAddress() {
        InetSocketAddress taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), port(server));
        String refused = String.valueOf(assertThrows(
                        ListenException.class,
                        () -> HttpServer.start(new HttpEndpoint.Tcp(taken, Set.of()), Map.of(), HttpLimits.DEFAULT))
                .getMessage());
        assertTrue(refused.startsWith("cannot listen on 127.0.0.1 port " + taken.getPort() + ": "), refused);
    }
}
