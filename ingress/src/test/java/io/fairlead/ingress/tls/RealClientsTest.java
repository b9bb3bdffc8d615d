package io.fairlead.ingress.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.tls.hello.HelloFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * openssl and curl get the certificate, version and protocol that they should.
 *
 * <p>Confined to the test thread.
 */
final class RealClientsTest {

    private static final TestAuthority AUTHORITY = TestAuthority.INSTANCE;

    private final ServerCertificate ecdsa = AUTHORITY.certificate(KeyType.ECDSA_P256, "a.example");
    private final ServerCertificate rsa = AUTHORITY.certificate(KeyType.RSA, "a.example");
    private final ServerCertificate wildcard = AUTHORITY.certificate(KeyType.ECDSA_P384, "*.w.example");
    private final ServerCertificate edwards = AUTHORITY.certificate(KeyType.ED25519, "ed.example");
    private final ServerCertificate defaults = DefaultCertificate.generate(Instant.now());
    private final TlsPlan<String> plan = new TlsPlan<>(
            List.of(defaults),
            Map.of(
                    HostMatch.parse("a.example"), new HostTls.Terminate<>(List.of(rsa, ecdsa)),
                    HostMatch.parse("ed.example"), new HostTls.Terminate<>(List.of(edwards)),
                    HostMatch.parse("*.w.example"), new HostTls.Terminate<>(List.of(wildcard)),
                    HostMatch.parse("pass.example"), new HostTls.PassThrough<>("backend-1")));
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    private TlsServer serve(TlsSettings settings) {
        ServerTls<String> tls = new ServerTls<>(settings, TicketKeys.random(), plan);
        opened.add(tls);
        TlsServer server = new TlsServer(tls);
        opened.add(server);
        return server;
    }

    /** What openssl says, and the fingerprint of the certificate that it got. */
    private static String connect(TlsServer server, String... options) {
        List<String> command =
                new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + server.port()));
        command.addAll(List.of(options));
        return Program.run("", command.toArray(String[]::new)).output();
    }

    private static String fingerprint(String output) {
        return Program.run(output, "openssl", "x509", "-noout", "-fingerprint", "-sha256")
                .output()
                .replaceAll("(?s).*=", "")
                .replace(":", "")
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    @Test
    void choosesByServerName() {
        TlsServer server = serve(TlsSettings.DEFAULT);
        assertEquals(ecdsa.fingerprint(), fingerprint(connect(server, "-servername", "a.example")));
        assertEquals(ecdsa.fingerprint(), fingerprint(connect(server, "-servername", "A.Example.")));
        assertEquals(wildcard.fingerprint(), fingerprint(connect(server, "-servername", "x.w.example")));
        assertEquals(defaults.fingerprint(), fingerprint(connect(server, "-servername", "y.x.w.example")));
        assertEquals(defaults.fingerprint(), fingerprint(connect(server, "-servername", "w.example")));
        assertEquals(defaults.fingerprint(), fingerprint(connect(server, "-noservername")));
        assertEquals(edwards.fingerprint(), fingerprint(connect(server, "-servername", "ed.example")));
    }

    @Test
    void choosesByWhatTheClientCanVerify() {
        TlsServer server = serve(TlsSettings.DEFAULT);
        String[][] clients = {
            {"-tls1_3", "-sigalgs", "rsa_pss_rsae_sha256"},
            {"-tls1_2", "-sigalgs", "rsa_pss_rsae_sha256"},
            {"-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"},
        };
        for (String[] client : clients) {
            List<String> options = new ArrayList<>(List.of(client));
            options.addAll(List.of("-servername", "a.example"));
            String output = connect(server, options.toArray(String[]::new));
            assertEquals(rsa.fingerprint(), fingerprint(output), () -> options + output);
        }
        String[][] others = {
            {"-tls1_3", "-sigalgs", "ecdsa_secp256r1_sha256"},
            {"-tls1_2", "-sigalgs", "ecdsa_secp256r1_sha256:rsa_pkcs1_sha256"},
            {"-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"},
        };
        for (String[] client : others) {
            List<String> options = new ArrayList<>(List.of(client));
            options.addAll(List.of("-servername", "a.example"));
            String output = connect(server, options.toArray(String[]::new));
            assertEquals(ecdsa.fingerprint(), fingerprint(output), () -> options + output);
        }
        String none = connect(server, "-tls1_3", "-sigalgs", "ecdsa_secp521r1_sha512", "-servername", "a.example");
        assertTrue(none.contains("handshake failure"), none);
    }

    @Test
    void policiesDecideVersionsAndCiphers() {
        TlsServer intermediate = serve(TlsSettings.DEFAULT);
        for (String cipher : List.of(
                "ECDHE-ECDSA-AES128-GCM-SHA256",
                "ECDHE-ECDSA-AES256-GCM-SHA384",
                "ECDHE-ECDSA-CHACHA20-POLY1305",
                "ECDHE-RSA-AES128-GCM-SHA256",
                "ECDHE-RSA-AES256-GCM-SHA384",
                "ECDHE-RSA-CHACHA20-POLY1305")) {
            String output = connect(intermediate, "-tls1_2", "-cipher", cipher, "-servername", "a.example");
            assertTrue(output.contains("Cipher is " + cipher), output);
        }
        for (String cipher :
                List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")) {
            String output = connect(intermediate, "-tls1_3", "-ciphersuites", cipher);
            assertTrue(output.contains("TLSv1.3, Cipher is " + cipher), output);
        }
        for (String cipher : List.of("AES128-SHA", "ECDHE-RSA-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256")) {
            String output =
                    connect(intermediate, "-tls1_2", "-cipher", cipher + "@SECLEVEL=0", "-servername", "a.example");
            assertTrue(output.contains("Cipher is (NONE)"), output);
        }
        for (String version : List.of("-tls1", "-tls1_1")) {
            String output = connect(intermediate, version, "-cipher", "ALL@SECLEVEL=0");
            assertTrue(output.contains("Cipher is (NONE)"), output);
        }
        TlsServer modern =
                serve(new TlsSettings(TlsPolicy.MODERN, TlsSettings.Provider.BORINGSSL, true, true, false, 5_000));
        assertTrue(connect(modern, "-tls1_2").contains("alert protocol version"));
        assertTrue(connect(modern, "-tls1_3").contains("TLSv1.3, Cipher is TLS_"));
    }

    @Test
    void protocolsAreChosenByAlpn() {
        TlsServer server = serve(TlsSettings.DEFAULT);
        assertTrue(connect(server, "-alpn", "h2,http/1.1").contains("ALPN protocol: h2"));
        assertTrue(connect(server, "-alpn", "http/1.1").contains("ALPN protocol: http/1.1"));
        assertTrue(connect(server).contains("No ALPN negotiated"));
        assertTrue(connect(server, "-alpn", "ftp").contains("alert number 120"));
        assertEquals(List.of(HelloFault.NO_PROTOCOL), List.copyOf(server.refused));

        TlsServer without = serve(
                new TlsSettings(TlsPolicy.INTERMEDIATE, TlsSettings.Provider.BORINGSSL, false, true, false, 5_000));
        assertTrue(connect(without, "-alpn", "h2,http/1.1").contains("ALPN protocol: http/1.1"));
        assertTrue(connect(without, "-alpn", "h2").contains("alert number 120"));
    }

    @Test
    void unknownNamesAreRefusedIfAskedFor() {
        TlsServer server =
                serve(new TlsSettings(TlsPolicy.INTERMEDIATE, TlsSettings.Provider.BORINGSSL, true, true, true, 5_000));
        String output = connect(server, "-servername", "unknown.example");
        assertTrue(output.contains("unrecognized name"), output);
        assertEquals(List.of(HelloFault.UNKNOWN_NAME), List.copyOf(server.refused));
        assertEquals(defaults.fingerprint(), fingerprint(connect(server, "-noservername")));
        assertEquals(ecdsa.fingerprint(), fingerprint(connect(server, "-servername", "a.example")));
    }

    @Test
    void curlVerifiesAndTalks() throws Exception {
        TlsServer server = serve(TlsSettings.DEFAULT);
        Path authority = Files.createTempFile("authority", ".pem");
        try {
            Files.write(authority, AUTHORITY.authority());
            for (String version : List.of("--tlsv1.3", "--tls-max=1.2")) {
                List<String> command = new ArrayList<>(List.of("curl", "-sS", "--http1.1", "-m", "5"));
                command.addAll(version.equals("--tlsv1.3") ? List.of(version) : List.of("--tls-max", "1.2"));
                command.addAll(List.of(
                        "--cacert",
                        authority.toString(),
                        "--resolve",
                        "a.example:" + server.port() + ":127.0.0.1",
                        "https://a.example:" + server.port() + "/"));
                Program curl = Program.run("", command.toArray(String[]::new));
                assertEquals("a.example|[" + ecdsa.fingerprint() + ", " + rsa.fingerprint() + "]|true", curl.output());
            }
        } finally {
            Files.delete(authority);
        }
    }

    @Test
    void theJdkProviderChoosesTheSame() {
        TlsServer server =
                serve(new TlsSettings(TlsPolicy.INTERMEDIATE, TlsSettings.Provider.JDK, true, true, false, 5_000));
        assertEquals(ecdsa.fingerprint(), fingerprint(connect(server, "-servername", "a.example")));
        assertEquals(
                rsa.fingerprint(),
                fingerprint(connect(
                        server, "-servername", "a.example", "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256")));
        assertEquals(edwards.fingerprint(), fingerprint(connect(server, "-servername", "ed.example")));
        assertTrue(connect(server, "-alpn", "h2,http/1.1").contains("ALPN protocol: h2"));
    }
}
