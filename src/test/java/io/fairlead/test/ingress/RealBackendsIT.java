package io.fairlead.test.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.test.Poll;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers that others wrote behind the ingress. They end kept connections when it suits them, which no client is to see.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(60)
final class RealBackendsIT {

    private static final String HOST = "shop.example";
    private static final Duration SEEN_MAX = Duration.ofSeconds(10);

    private final ManifestFolder manifests = new ManifestFolder();
    private final EchoPod pod = EchoPod.start("web-1");

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        pod.close();
        manifests.close();
    }

    private IngressProgram start(RealServer server, String... annotations) {
        manifests.write(
                "all.yaml",
                Yaml.service("real")
                        + Yaml.endpoints(
                                "real", EchoPod.PORT, List.of(Yaml.endpoint(server.address(), true, true, false)))
                        + Yaml.ingress("real", List.of(), List.of(annotations), HOST + " / real"));
        return IngressProgram.start(manifests);
    }

    /**
     * Asks from several connections at once, with pauses around the time after which the backend ends idle connections,
     * so that many requests meet one that it is just ending.
     */
    private static void askAroundTheEnd(IngressProgram ingress, long idleMillis, int rounds, String request) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<H1Client> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(H1Client.connect(ingress.http()));
        }
        for (int i = 0; i < rounds; i++) {
            clients.forEach(client -> client.send(request));
            for (H1Client client : clients) {
                Wire.Message answer = client.answer();
                assertEquals(200, answer.status(), "round " + i + ", seed " + seed + ": " + answer);
            }
            LockSupport.parkNanos((long) (idleMillis * 1_000_000 * (0.97 + 0.04 * random.nextDouble())));
        }
        clients.forEach(H1Client::close);
    }

    private static void askAroundTheEnd(IngressProgram ingress) {
        askAroundTheEnd(ingress, 2_000, 4, "POST / HTTP/1.1\r\nHost: " + HOST + "\r\nContent-Length: 5\r\n\r\nhello");
        askAroundTheEnd(ingress, 2_000, 2, "GET / HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n");
    }

    @Test
    void connectionsThatNginxEndsAreNotSeen() throws IOException {
        try (RealServer nginx = RealServer.nginx(folder, """
                keepalive_timeout 2s;
                server {
                    listen @:9000;
                    location / { return 200 "nginx"; }
                }
                """);
                IngressProgram ingress = start(nginx)) {
            askAroundTheEnd(ingress);
        }
    }

    @Test
    void connectionsThatNginxEndsVerySoonAreNotSeen() throws IOException {
        try (RealServer nginx = RealServer.nginx(folder, """
                keepalive_timeout 50ms;
                keepalive_requests 7;
                server {
                    listen @:9000;
                    location / { return 200 "nginx"; }
                }
                """);
                IngressProgram ingress = start(nginx)) {
            askAroundTheEnd(ingress, 50, 60, "GET / HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n");
        }
    }

    @Test
    void connectionsThatHaproxyEndsAreNotSeen() throws IOException {
        try (RealServer haproxy = RealServer.haproxy(folder, """
                defaults
                    mode http
                    timeout connect 2s
                    timeout client 10s
                    timeout server 10s
                    timeout http-keep-alive 2s
                frontend all
                    bind @:9000
                    http-request return status 200 content-type text/plain string haproxy
                """);
                IngressProgram ingress = start(haproxy)) {
            askAroundTheEnd(ingress);
        }
    }

    @Test
    void nginxServesFilesAndTakesUploads() throws IOException {
        byte[] file = new byte[3_000_000];
        new Random(1).nextBytes(file);
        Files.write(folder.resolve("file"), file);
        try (RealServer nginx = RealServer.nginx(folder, """
                client_max_body_size 0;
                server {
                    listen @:9000;
                    location / { root %s; }
                    location /through/ {
                        proxy_pass http://%s:9000/;
                        proxy_http_version 1.1;
                        proxy_request_buffering off;
                    }
                }
                """.formatted(folder, pod.address()));
                IngressProgram ingress = start(nginx);
                H1Client client = H1Client.connect(ingress.http())) {
            assertEquals(3_000_000, client.get(HOST, "/file").answer().content().bytes());
            Wire.Message part = client.send("GET /file HTTP/1.1\r\nHost: " + HOST + "\r\nRange: bytes=10-19\r\n\r\n")
                    .answer();
            assertEquals(206, part.status());
            assertEquals(10, part.content().bytes());
            Wire.Message head = client.send("HEAD /file HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n")
                    .answer(true);
            assertEquals("3000000", head.field("Content-Length"));
            String tag = head.field("ETag");
            assertEquals(
                    304,
                    client.send("GET /file HTTP/1.1\r\nHost: " + HOST + "\r\nIf-None-Match: " + tag + "\r\n\r\n")
                            .answer()
                            .status());
            assertEquals(404, client.get(HOST, "/missing").answer().status());
            client.send(
                    "PUT /through/up HTTP/1.1\r\nHost: " + HOST + "\r\nContent-Length: " + file.length + "\r\n\r\n");
            Echo echo = Echo.of(client.send(file).answer());
            assertEquals(file.length, echo.request().content().bytes());
        }
    }

    @Test
    void haproxySpeaksHttp2() throws IOException {
        try (RealServer haproxy = RealServer.haproxy(folder, """
                defaults
                    mode http
                    timeout connect 2s
                    timeout client 10s
                    timeout server 10s
                frontend all
                    bind @:9000 proto h2
                    default_backend pods
                backend pods
                    server pod %s:9000
                """.formatted(pod.address()));
                IngressProgram ingress = start(haproxy, "backend-protocol=H2C");
                H2Client client = H2Client.connect(ingress.http())) {
            for (int i = 0; i < 100; i++) {
                Echo echo = Echo.of(client.ask(HOST, "/" + i).text());
                assertEquals("/" + i, echo.target());
            }
        }
    }

    @Test
    void nginxEndsItsHttp2AfterSoManyRequests() throws IOException {
        try (RealServer nginx = RealServer.nginx(folder, """
                keepalive_requests 10;
                server {
                    listen @:9000 http2;
                    location / { return 200 "nginx"; }
                }
                """);
                IngressProgram ingress = start(nginx, "backend-protocol=H2C");
                Load load = new Load()
                        .http1(5, 100, ingress::http, HOST, () -> "/")
                        .http2(5, 100, () -> H2Client.connect(ingress.http()), HOST, () -> "/")) {
            load.awaitMore(3_000, Duration.ofSeconds(30));
            assertEquals(0, load.failed(), load::failures);
        }
    }

    @Test
    void restartedNginxIsReachedAgain() throws IOException {
        String configuration = """
                server {
                    listen @:9000 reuseport;
                    location / { return 200 "nginx"; }
                }
                """;
        try (RealServer nginx = RealServer.nginx(folder, configuration);
                IngressProgram ingress = start(nginx);
                H1Client client = H1Client.connect(ingress.http())) {
            assertEquals(200, client.get(HOST, "/").answer().status());
            nginx.reload();
            for (int i = 0; i < 200; i++) {
                assertEquals(200, client.get(HOST, "/").answer().status());
            }
            nginx.end();
            Poll.until(
                    "it is gone", SEEN_MAX, () -> client.get(HOST, "/").answer().status() == 503);
            try (RealServer again = nginx.again()) {
                assertTrue(again.address().startsWith("127."));
                assertEquals(200, client.get(HOST, "/").answer().status());
            }
        }
    }
}
