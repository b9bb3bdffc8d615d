package io.fairlead.test.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.test.program.Fairlead;
import io.fairlead.test.program.Program;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that others wrote: curl, nghttp2's, OpenSSL's, and those of two libraries of Python.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RealClientsIT {

    private static final String HOST = "shop.example";
    private static final int UPLOAD_BYTES = 5_000_000;

    /** Debian's, which has Debian's modules. */
    private static final String PYTHON = "/usr/bin/python3";

    private final ManifestFolder manifests = new ManifestFolder();
    private final EchoPod pod = EchoPod.start("web-1");
    private final TestCertificate certificate = TestCertificate.of("shop", HOST);
    private IngressProgram ingress;

    private Path folder;
    private Path upload;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException {
        folder = temporary;
        manifests.write("secret.yaml", Yaml.secret("shop-tls", certificate));
        manifests.write(
                "ingress.yaml",
                Yaml.ingress("shop", List.of(HOST + " shop-tls"), List.of(), HOST + " / web")
                        + Yaml.ingress("plain", "- / web"));
        manifests.write("web.yaml", Yaml.web("web", pod));
        Files.writeString(folder.resolve("authority.pem"), certificate.certificate());
        upload = folder.resolve("upload");
        try (OutputStream out = Files.newOutputStream(upload)) {
            Bulk.write(out, UPLOAD_BYTES);
        }
        ingress = IngressProgram.start(manifests);
    }

    @AfterAll
    void close() {
        ingress.close();
        pod.close();
        manifests.close();
    }

    /** What a command prints that ends well. */
    private static String run(List<String> command) {
        Program.Ended end = Fairlead.end(Program.start(command));
        assertEquals(0, end.exitCode(), end::toString);
        return end.out();
    }

    private static String run(String... command) {
        return run(List.of(command));
    }

    private static String curl(String... words) {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--fail", "--max-time", "20"));
        command.addAll(List.of(words));
        return run(command);
    }

    /** Over TLS with the certificate checked; the version and the status stand behind the echo. */
    private String secureCurl(String... words) {
        List<String> command = new ArrayList<>(
                List.of("--cacert", folder.resolve("authority.pem").toString()));
        command.addAll(ingress.resolve(HOST));
        command.addAll(List.of("-w", "via %{http_version} %{http_code}"));
        command.addAll(List.of(words));
        command.add(IngressProgram.secureUrl(HOST) + "/curl");
        return curl(command.toArray(String[]::new));
    }

    private static void expectUpload(String echo) {
        Wire.Content content = Echo.of(echo).request().content();
        assertEquals(UPLOAD_BYTES, content.bytes());
        assertEquals(Bulk.sum(UPLOAD_BYTES), content.sum());
    }

    @Test
    void curlSpeaksEveryVersion() {
        String url = ingress.url() + "/curl?a=b";
        assertEquals(
                "GET /curl?a=b HTTP/1.1", Echo.of(curl("-0", url)).request().startLine());
        assertEquals("GET /curl?a=b HTTP/1.1", Echo.of(curl(url)).request().startLine());
        String http2 = curl("--http2-prior-knowledge", "-w", "via %{http_version}", url);
        assertEquals("/curl?a=b", Echo.of(http2.replace("via 2", "")).target());
        assertTrue(http2.endsWith("via 2"), http2);
        assertTrue(secureCurl("--http1.1").endsWith("via 1.1 200"));
        assertTrue(secureCurl("--http2").endsWith("via 2 200"));
        assertTrue(secureCurl("--tlsv1.2", "--tls-max", "1.2").endsWith("via 2 200"));
    }

    @Test
    void curlAsksForTheHeadAlone() {
        String head = curl("-I", ingress.url() + "/");
        assertTrue(head.startsWith("HTTP/1.1 200 OK\r\n"), head);
        assertTrue(head.contains("\r\nContent-Length: "), head);
        assertTrue(curl("-I", "--http2-prior-knowledge", ingress.url() + "/").startsWith("HTTP/2 200"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-0", "--http1.1", "--http2-prior-knowledge"})
    void curlUploads(String version) {
        expectUpload(curl(version, "-T", upload.toString(), ingress.url() + "/"));
        expectUpload(curl(version, "-H", "Expect:", "--data-binary", "@" + upload, ingress.url() + "/"));
    }

    @Test
    void curlWaitsForLeaveToUpload() {
        Program.Ended end = Fairlead.end(Program.start(
                List.of("curl", "-sSv", "-H", "Expect: 100-continue", "-T", upload.toString(), ingress.url() + "/")));
        assertTrue(end.err().contains("< HTTP/1.1 100 Continue"), end::toString);
        assertFalse(end.err().contains("Done waiting"), end::toString);
        expectUpload(end.out());
    }

    @Test
    void curlUploadsInChunks() {
        expectUpload(curl("-H", "Transfer-Encoding: chunked", "-T", upload.toString(), ingress.url() + "/"));
    }

    @Test
    void curlSeesTrailersAndHints() {
        String trailers = curl("-D", "-", "-H", "Echo-Form: trailers", "-H", "TE: trailers", ingress.url() + "/");
        assertTrue(trailers.contains("Echo-Sum: 7\r\n"), trailers);
        String hints = curl("-D", "-", "-H", "Echo-Form: early-hints", ingress.url() + "/");
        assertTrue(hints.startsWith("HTTP/1.1 103 Early Hints\r\n"), hints);
    }

    @Test
    void curlBehindALoadBalancerIsKnown() {
        try (IngressProgram behind = IngressProgram.start(manifests, "--proxy-protocol")) {
            String from = Loopback.next();
            Wire.Message seen = Echo.of(curl("--haproxy-protocol", "--interface", from, behind.url() + "/"))
                    .request();
            assertEquals(from, seen.field("X-Forwarded-For"));
            assertEquals(from, seen.field("X-Real-IP"));
            Program.Ended without = Fairlead.end(Program.start(List.of("curl", "-sS", behind.url() + "/")));
            assertFalse(without.exitCode() == 0, without::toString);
        }
    }

    @Test
    void nghttpSendsContentAndTrailers() {
        String url = ingress.url() + "/nghttp";
        expectUpload(run("nghttp", "-d", upload.toString(), url));
        // Behind a Content-Length HTTP/1.1 has no place for trailers.
        String echo = run("nghttp", "--no-content-length", "-d", upload.toString(), "--trailer=my-sum: 17", url);
        expectUpload(echo);
        assertTrue(Echo.of(echo).request().content().trailers().contains(new Wire.Field("my-sum", "17")), echo);
    }

    @Test
    void h2loadSeesNoError() {
        for (String version : List.of("--npn-list=h2", "--npn-list=http/1.1")) {
            String said = run(
                    "h2load",
                    "-n2000",
                    "-c8",
                    "-m16",
                    version,
                    "--connect-to=" + ingress.address() + ":8443",
                    IngressProgram.secureUrl(HOST) + "/");
            assertTrue(said.contains("2000 succeeded, 0 failed, 0 errored, 0 timeout"), said);
        }
        String plain = run("h2load", "-n2000", "-c8", "--h1", ingress.url() + "/");
        assertTrue(plain.contains("2000 succeeded, 0 failed, 0 errored, 0 timeout"), plain);
    }

    private static void expectAllOk(int count, String said) {
        assertEquals(count, said.lines().filter(line -> line.startsWith("ok ")).count(), said);
    }

    private static String script(String name) {
        return Path.of(RealClientsIT.class
                        .getResource("/ingress-clients/" + name)
                        .getPath())
                .toString();
    }

    @Test
    void pythonSpeaksHttp2() {
        expectAllOk(6, run(PYTHON, script("h2_client.py"), ingress.address(), "8080", "plain.example"));
    }

    @Test
    void pythonSpeaksWebSocket() {
        expectAllOk(9, run(PYTHON, script("websocket_client.py"), ingress.url().replace("http:", "ws:") + "/ws"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void opensslResumesItsSession(String version) {
        String session = folder.resolve("session" + version).toString();
        String first = openssl(version + " -sess_out " + session);
        assertTrue(first.contains("New, TLSv1"), first);
        assertTrue(first.contains("HTTP/1.1 200 OK"), first);
        assertTrue(first.contains("subject=CN = shop"), first);
        for (int i = 0; i < 3; i++) {
            String again = openssl(version + " -sess_in " + session);
            assertTrue(again.contains("Reused, TLSv1"), again);
            assertTrue(again.contains("HTTP/1.1 200 OK"), again);
        }
    }

    private String openssl(String more) {
        String request = "GET / HTTP/1.1\\r\\nHost: " + HOST + "\\r\\nConnection: close\\r\\n\\r\\n";
        return run(
                "sh",
                "-c",
                "printf '" + request + "' | openssl s_client -ign_eof -servername " + HOST + " -connect "
                        + ingress.address() + ":8443 " + more + " 2>&1");
    }

    @Test
    void opensslIsRefusedWhatIsTooOld() {
        Program.Ended old = Fairlead.end(Program.start(List.of(
                "openssl",
                "s_client",
                "-tls1_1",
                "-cipher",
                "ALL:@SECLEVEL=0",
                "-servername",
                HOST,
                "-connect",
                ingress.address() + ":8443")));
        assertFalse(old.exitCode() == 0, old::toString);
        assertTrue(old.err().contains("alert protocol version"), old::toString);
    }
}
