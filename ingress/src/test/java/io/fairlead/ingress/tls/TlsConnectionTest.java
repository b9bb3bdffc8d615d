package io.fairlead.ingress.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.fairlead.ingress.route.HostMatch;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Which hosts a connection answers for.
 *
 * <p>Confined to the test thread.
 */
final class TlsConnectionTest {

    private static final TestAuthority AUTHORITY = TestAuthority.INSTANCE;

    private final ServerCertificate defaults = DefaultCertificate.generate(Instant.now());
    private final ServerCertificate shared = AUTHORITY.certificate(KeyType.ECDSA_P256, "*.example", "covered.test");
    private final ServerCertificate own = AUTHORITY.certificate(KeyType.ECDSA_P256, "own.example");
    private final ServerTls<String> tls = new ServerTls<>(TlsSettings.DEFAULT, TicketKeys.random(), plan(shared, own));

    private TlsPlan<String> plan(ServerCertificate wildcard, ServerCertificate exact) {
        Map<HostMatch, HostTls<String>> hosts = new HashMap<>();
        hosts.put(HostMatch.parse("*.example"), new HostTls.Terminate<>(List.of(wildcard)));
        hosts.put(HostMatch.parse("a.example"), new HostTls.Terminate<>(List.of(wildcard)));
        hosts.put(HostMatch.parse("own.example"), new HostTls.Terminate<>(List.of(exact)));
        hosts.put(HostMatch.parse("pass.example"), new HostTls.PassThrough<>("backend"));
        return new TlsPlan<>(List.of(defaults), hosts);
    }

    @AfterEach
    void close() {
        tls.close();
    }

    private TlsConnection connect(String serverName) {
        byte[] name = bytes(serverName);
        CertificateTable<String> table = tls.table();
        CertificateTable.Entry<String> found = table.find(name, 0, name.length);
        ServedCertificates served =
                ((CertificateTable.Terminate<String>) (found != null ? found : table.defaults())).certificates();
        SslHandler handler = Objects.requireNonNull(served.newHandler(UnpooledByteBufAllocator.DEFAULT));
        ReferenceCountUtil.release(handler.engine());
        return new TlsConnection(tls, handler, name, served);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean answers(TlsConnection connection, String host) {
        byte[] padded = bytes("xx" + host + "yy");
        return connection.answersFor(padded, 2, padded.length - 2);
    }

    @Test
    void hostsOfTheSameCertificateShareConnections() {
        TlsConnection connection = connect("b.example");
        assertTrue(answers(connection, "b.example"));
        assertTrue(answers(connection, "B.Example"));
        assertTrue(answers(connection, "a.example"));
        assertTrue(answers(connection, "c.example"));
        assertTrue(answers(connection, ""));
        assertFalse(answers(connection, "own.example"), "its own certificate, although this one covers it");
        assertFalse(answers(connection, "pass.example"));
        assertFalse(answers(connection, "x.b.example"));
        assertTrue(answers(connection, "covered.test"), "nothing was given for it, and the certificate covers it");
        assertFalse(answers(connection, "other.test"));
    }

    @Test
    void theDefaultCertificateAnswersForHostsWithoutOne() {
        for (String name : List.of("", "other.test")) {
            TlsConnection connection = connect(name);
            assertTrue(answers(connection, "other.test"));
            assertTrue(answers(connection, "10.0.0.1"));
            assertFalse(answers(connection, "a.example"));
            assertFalse(answers(connection, "pass.example"));
        }
    }

    @Test
    void aRenewedCertificateIsNoReasonToBreakOff() {
        TlsConnection connection = connect("a.example");
        assertTrue(answers(connection, "b.example"));
        tls.publish(plan(AUTHORITY.certificate(KeyType.ECDSA_P256, "*.example"), own));
        assertTrue(answers(connection, "a.example"));
        assertTrue(answers(connection, "b.example"));
        assertFalse(answers(connection, "own.example"));
        assertTrue(answers(connection, "covered.test"), "the client was shown the former certificate");
        tls.publish(plan(shared, shared));
        assertTrue(answers(connection, "own.example"));
    }

    @Test
    void asksWithoutAllocating() {
        TlsConnection connection = connect("a.example");
        byte[] host = bytes("B.example");
        byte[] covered = bytes("covered.test");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = -1;
        int answered = 0;
        for (int round = 0; round < 20 && allocated != 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                answered += connection.answersFor(host, 0, host.length) ? 1 : 0;
                answered += connection.answersFor(covered, 0, covered.length) ? 1 : 0;
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertEquals(0, allocated);
        assertTrue(answered >= 20_000);
    }
}
