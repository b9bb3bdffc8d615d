package io.fairlead.ingress.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.route.HostMatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who resumes whose sessions, with openssl as the client.
 *
 * <p>Confined to the test thread.
 */
final class SessionTicketsTest {

    private static final TestAuthority AUTHORITY = TestAuthority.INSTANCE;
    private static final List<String> VERSIONS = List.of("-tls1_2", "-tls1_3");

    private final TlsPlan<String> plan;
    private final List<AutoCloseable> opened = new ArrayList<>();

    @TempDir
    Path folder = Path.of("");

    SessionTicketsTest() {
        ServerCertificate shared = AUTHORITY.certificate(KeyType.ECDSA_P256, "a.example", "b.example");
        ServerCertificate other = AUTHORITY.certificate(KeyType.ECDSA_P256, "other.example");
        plan = new TlsPlan<>(
                List.of(DefaultCertificate.generate(Instant.now())),
                Map.of(
                        HostMatch.parse("a.example"), new HostTls.Terminate<>(List.of(shared)),
                        HostMatch.parse("b.example"), new HostTls.Terminate<>(List.of(shared)),
                        HostMatch.parse("other.example"), new HostTls.Terminate<>(List.of(other))));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    private static byte[] secret(int value) {
        byte[] secret = new byte[TicketKeys.SECRET_BYTES];
        Arrays.fill(secret, (byte) value);
        return secret;
    }

    private static TicketKeys keys(int... values) {
        return TicketKeys.of(
                Arrays.stream(values).mapToObj(SessionTicketsTest::secret).toList());
    }

    private ServerTls<String> tls(TlsSettings settings, TicketKeys keys) {
        ServerTls<String> tls = new ServerTls<>(settings, keys, plan);
        opened.add(tls);
        return tls;
    }

    private TlsServer serve(ServerTls<String> tls) {
        TlsServer server = new TlsServer(tls);
        opened.add(server);
        return server;
    }

    /** Makes a session with one server and keeps it. */
    private Path session(TlsServer server, String version) throws IOException {
        Path file = Files.createTempFile(folder, "session", "");
        talk(server, "a.example", version, "-sess_out", file.toString());
        return file;
    }

    private boolean resumes(TlsServer server, String name, String version, Path session) {
        String output = talk(server, name, version, "-sess_in", session.toString());
        boolean reused = output.contains("Reused, TLS");
        assertTrue(reused || output.contains("New, TLS"), output);
        return reused;
    }

    /** Ends when the answer is there, and with it the tickets, which come before it. */
    private static String talk(TlsServer server, String name, String... options) {
        List<String> command = new ArrayList<>(
                List.of("openssl", "s_client", "-connect", "127.0.0.1:" + server.port(), "-servername", name));
        command.addAll(List.of(options));
        return Program.talk("GET / HTTP/1.1\r\nHost: " + name + "\r\n\r\n", "|true", command);
    }

    @Test
    void replicasWithTheSameSecretsResumeEachOthersSessions() throws IOException {
        TlsServer one = serve(tls(TlsSettings.DEFAULT, keys(1)));
        TlsServer two = serve(tls(TlsSettings.DEFAULT, keys(1)));
        TlsServer stranger = serve(tls(TlsSettings.DEFAULT, keys(2)));
        for (String version : VERSIONS) {
            Path session = session(one, version);
            assertTrue(resumes(two, "a.example", version, session), version);
            assertTrue(resumes(two, "b.example", version, session), version + ": the same certificate");
            assertFalse(resumes(two, "other.example", version, session), version + ": another certificate");
            assertFalse(resumes(stranger, "a.example", version, session), version);
        }
    }

    @Test
    void keysAreRotated() throws IOException {
        ServerTls<String> tls = tls(TlsSettings.DEFAULT, keys(1));
        TlsServer server = serve(tls);
        TlsServer late = serve(tls(TlsSettings.DEFAULT, keys(2, 1)));
        for (String version : VERSIONS) {
            tls.renewKeys(keys(1));
            Path old = session(server, version);
            tls.renewKeys(keys(2, 1));
            assertTrue(resumes(server, "a.example", version, old), version);
            assertTrue(resumes(late, "a.example", version, old), version + ": a context made after the rotation");
            Path young = session(server, version);
            tls.renewKeys(keys(3, 2));
            assertFalse(resumes(server, "a.example", version, old), version + ": its key is gone");
            assertTrue(resumes(server, "a.example", version, young), version);
        }
    }

    @Test
    void withoutTicketsNothingIsResumed() throws IOException {
        TlsServer server = serve(tls(
                new TlsSettings(TlsPolicy.INTERMEDIATE, TlsSettings.Provider.BORINGSSL, true, false, false, 5_000),
                keys(1)));
        TlsServer with = serve(tls(TlsSettings.DEFAULT, keys(1)));
        for (String version : VERSIONS) {
            assertEquals(0, Files.size(session(server, version)), version);
            assertTrue(Files.size(session(with, version)) > 0, version);
        }
    }

    @Test
    void secretsAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> TicketKeys.of(List.of()));
        assertThrows(IllegalArgumentException.class, () -> TicketKeys.of(List.of(new byte[31])));
        assertThrows(IllegalArgumentException.class, () -> keys(new int[17]));
        assertEquals("16 ticket keys", keys(new int[16]).toString());
    }
}
