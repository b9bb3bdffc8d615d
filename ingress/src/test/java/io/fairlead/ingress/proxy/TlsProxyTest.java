package io.fairlead.ingress.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.route.policy.BackendConnection;
import io.fairlead.ingress.route.policy.BackendTls;
import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.tls.HostTls;
import io.fairlead.ingress.tls.KeyType;
import io.fairlead.ingress.tls.ServerTls;
import io.fairlead.ingress.tls.TestAuthority;
import io.fairlead.ingress.tls.TicketKeys;
import io.fairlead.ingress.tls.TlsPlan;
import io.fairlead.ingress.tls.TlsSettings;
import io.fairlead.ingress.tls.backend.BackendTlsClient;
import io.fairlead.ingress.tls.backend.BackendTlsContexts;
import io.fairlead.ingress.tls.backend.BackendTlsResult;
import io.fairlead.ingress.upstream.UpstreamGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests of curl over TLS, and over TLS to a backend, which is another proxy. */
@Timeout(30)
final class TlsProxyTest {

    private static final ObjectName AUTHORITY = new ObjectName("shop", "authority");

    @TempDir
    private Path directory;

    private final ScriptedBackend backend = ScriptedBackend.echoingHeads();
    private final RunningProxy proxy = new RunningProxy();
    private final ServerTls<UpstreamGroup> tls = new ServerTls<>(
            TlsSettings.DEFAULT,
            TicketKeys.random(),
            new TlsPlan<>(
                    List.of(TestAuthority.INSTANCE.certificate(KeyType.ECDSA_P256, "default.example")),
                    Map.of(
                            HostMatch.parse("shop.example"),
                            new HostTls.Terminate<>(
                                    List.of(TestAuthority.INSTANCE.certificate(KeyType.ECDSA_P256, "shop.example"))))));

    @BeforeEach
    void listen() throws IOException {
        proxy.to(backend)
                .server()
                .listen(Listener.secure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), false, tls));
        Files.write(directory.resolve("ca.pem"), TestAuthority.INSTANCE.authority());
    }

    @AfterEach
    void close() {
        proxy.close();
        backend.close();
        tls.close();
    }

    private static int port(RunningProxy of) {
        return of.server().addresses().getLast().getPort();
    }

    /** What curl prints: content, then status and version. */
    private String curl(RunningProxy of, String host, String... words) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                "curl",
                "--silent",
                "--max-time",
                "10",
                "--cacert",
                directory.resolve("ca.pem").toString()));
        line.addAll(List.of("--connect-to", "::127.0.0.1:" + port(of), "--write-out", "%{http_code} %{http_version}"));
        line.addAll(List.of(words));
        line.add("https://" + host + "/a");
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void servesBothVersionsOverTls() throws IOException {
        String first = curl(proxy, "shop.example", "--http1.1");
        assertTrue(first.endsWith("200 1.1"), first);
        assertTrue(first.contains("\r\nX-Forwarded-Proto: https\r\n"), first);
        String second = curl(proxy, "shop.example", "--http2");
        assertTrue(second.endsWith("200 2"), second);
        assertTrue(second.startsWith("GET /a HTTP/1.1\r\n"), second);
    }

    @Test
    void answersMisdirectedRequests() throws IOException {
        String other = curl(proxy, "default.example", "--http1.1", "--header", "Host: shop.example");
        assertTrue(other.endsWith("421 1.1"), other);
    }

    /** To a backend that is a proxy of its own, with the certificate of {@code shop.example}. */
    @ParameterizedTest
    @EnumSource(
            value = BackendConnection.Protocol.class,
            names = {"HTTPS", "H2_TLS"})
    void speaksTlsWithBackends(BackendConnection.Protocol protocol) {
        InetSocketAddress inner = proxy.server().addresses().getLast();
        BackendTls known = new BackendTls.Verified("shop.example", new BackendTls.Authority.OfSecret(AUTHORITY));
        BackendTls unknown = new BackendTls.Verified("other.example", new BackendTls.Authority.OfSecret(AUTHORITY));
        try (RunningProxy outer = new RunningProxy()) {
            outer.route("shop.example", "/", policy(protocol, known), List.of(inner), client(protocol, known));
            outer.route("other", "/", policy(protocol, unknown), List.of(inner), client(protocol, unknown));
            outer.route("none", "/", policy(protocol, unknown), List.of(inner), Optional.empty());
            for (int i = 0; i < 3; i++) {
                RawClient.Answer answer = outer.ask("GET /b HTTP/1.1\r\nHost: shop.example\r\n\r\n");
                assertEquals(200, answer.status());
                assertTrue(answer.body().startsWith("GET /b HTTP/1.1\r\n"), answer.body());
            }
            assertEquals(503, outer.ask("GET / HTTP/1.1\r\nHost: other\r\n\r\n").status());
            assertEquals(503, outer.ask("GET / HTTP/1.1\r\nHost: none\r\n\r\n").status());
        }
    }

    private static ForwardPolicy policy(BackendConnection.Protocol protocol, BackendTls tls) {
        return ForwardPolicy.DEFAULT.withConnection(new BackendConnection(protocol, tls));
    }

    private static Optional<BackendTlsClient> client(BackendConnection.Protocol protocol, BackendTls tls) {
        BackendTlsContexts contexts = new BackendTlsContexts(TlsSettings.DEFAULT.provider());
        return switch (contexts.of(new BackendConnection(protocol, tls), name -> TestAuthority.INSTANCE.authority())) {
            case BackendTlsResult.Usable usable -> Optional.of(usable.client());
            case BackendTlsResult.Refused refused -> throw new AssertionError(refused.reason());
        };
    }

    @Test
    void passesThroughToABackendThatEndsTlsItself() throws IOException {
        try (RunningProxy outer = new RunningProxy()) {
            outer.route(
                    "", "/", ForwardPolicy.DEFAULT, proxy.server().addresses().subList(1, 2), Optional.empty());
            ServerTls<UpstreamGroup> through = new ServerTls<>(
                    TlsSettings.DEFAULT,
                    TicketKeys.random(),
                    new TlsPlan<>(
                            List.of(TestAuthority.INSTANCE.certificate(KeyType.ECDSA_P256, "outer.example")),
                            Map.of(HostMatch.parse("shop.example"), new HostTls.PassThrough<>(outer.group(0)))));
            try (through) {
                outer.server()
                        .listen(Listener.secure(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), false, through));
                String answer = curl(outer, "shop.example", "--http2");
                assertTrue(answer.endsWith("200 2"), answer);
            }
        }
    }
}
