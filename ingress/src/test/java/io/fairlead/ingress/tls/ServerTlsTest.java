package io.fairlead.ingress.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.route.HostMatch;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import io.netty.util.ResourceLeakDetector;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.x500.X500Name;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What tables share, and that what is replaced goes away.
 *
 * <p>Confined to the test thread.
 */
final class ServerTlsTest {

    private static final TestAuthority AUTHORITY = TestAuthority.INSTANCE;

    private final ServerCertificate defaults = DefaultCertificate.generate(Instant.now());
    private final ServerCertificate first = AUTHORITY.certificate(KeyType.ECDSA_P256, "first.example");
    private final ServerCertificate second = AUTHORITY.certificate(KeyType.ECDSA_P256, "second.example");

    private static CertificateTable.@Nullable Entry<String> find(ServerTls<String> tls, String host) {
        byte[] name = host.getBytes(StandardCharsets.US_ASCII);
        return tls.table().find(name, 0, name.length);
    }

    private static ServedCertificates served(ServerTls<String> tls, String host) {
        CertificateTable.Entry<String> found = Objects.requireNonNull(find(tls, host), host);
        return ((CertificateTable.Terminate<String>) found).certificates();
    }

    private static SslContext use(ServedCertificates served) {
        SslHandler handler = Objects.requireNonNull(served.newHandler(UnpooledByteBufAllocator.DEFAULT));
        ReferenceCountUtil.release(handler.engine());
        return Objects.requireNonNull(served.context());
    }

    private static int references(SslContext context) {
        return ((ReferenceCounted) context).refCnt();
    }

    private TlsPlan<String> plan(int hosts, ServerCertificate changing) {
        Map<HostMatch, HostTls<String>> map = new HashMap<>();
        for (int i = 0; i < hosts; i++) {
            map.put(HostMatch.parse("h" + i + ".example"), new HostTls.Terminate<>(List.of(first)));
        }
        map.put(HostMatch.parse("changing.example"), new HostTls.Terminate<>(List.of(changing)));
        return new TlsPlan<>(List.of(defaults), map);
    }

    @Test
    void whatDidNotChangeIsShared() {
        try (ServerTls<String> tls = new ServerTls<>(TlsSettings.DEFAULT, TicketKeys.random(), plan(5_000, second))) {
            SslContext kept = use(served(tls, "h17.example"));
            SslContext replaced = use(served(tls, "changing.example"));
            assertSame(kept, use(served(tls, "h4999.example")), "one certificate, one context");
            assertNull(
                    ((CertificateTable.Terminate<String>) tls.table().defaults())
                            .certificates()
                            .context(),
                    "nobody asked for it");

            tls.publish(plan(5_000, AUTHORITY.certificate(KeyType.ECDSA_P256, "second.example")));
            assertSame(kept, use(served(tls, "h17.example")));
            assertNotSame(replaced, use(served(tls, "changing.example")));
            assertEquals(1, references(kept));
            assertEquals(0, references(replaced));
        }
    }

    @Test
    void anUpdateChangesWhatItNames() {
        try (ServerTls<String> tls = new ServerTls<>(TlsSettings.DEFAULT, TicketKeys.random(), plan(2, second))) {
            SslContext shared = use(served(tls, "h0.example"));
            SslContext single = use(served(tls, "changing.example"));
            tls.update(new TlsPlan<>(
                    List.of(defaults),
                    Map.of(
                            HostMatch.parse("changing.example"), new HostTls.ByDefault<>(),
                            HostMatch.parse("absent.example"), new HostTls.ByDefault<>(),
                            HostMatch.parse("h0.example"), new HostTls.PassThrough<>("backend"),
                            HostMatch.parse("*.w.example"), new HostTls.Terminate<>(List.of(first)))));
            assertEquals(0, references(single));
            assertNull(find(tls, "changing.example"));
            assertEquals(new CertificateTable.PassThrough<>("backend"), find(tls, "h0.example"));
            assertSame(shared, use(served(tls, "h1.example")));
            assertSame(shared, use(served(tls, "x.w.example")));
            tls.update(
                    new TlsPlan<>(List.of(defaults), Map.of(HostMatch.parse("h1.example"), new HostTls.ByDefault<>())));
            assertEquals(1, references(shared), "the wildcard has it still");
            tls.publish(new TlsPlan<>(List.of(first), Map.of()));
            assertEquals(1, references(shared), "the default has it");
            tls.publish(new TlsPlan<>(List.of(second), Map.of()));
            assertEquals(0, references(shared));
        }
    }

    @Test
    void aConnectionKeepsItsContext() {
        ServerTls<String> tls = new ServerTls<>(TlsSettings.DEFAULT, TicketKeys.random(), plan(1, second));
        ServedCertificates before = served(tls, "changing.example");
        SslHandler open = assertNotNullHandler(before);
        SslContext context = Objects.requireNonNull(before.context());
        assertEquals(2, references(context));
        tls.publish(plan(1, first));
        assertEquals(1, references(context));
        assertNull(before.newHandler(UnpooledByteBufAllocator.DEFAULT), "a new connection must read the table again");
        ReferenceCountUtil.release(open.engine());
        assertEquals(0, references(context));
        tls.close();
        tls.publish(plan(1, second));
        assertNull(served(tls, "changing.example").newHandler(UnpooledByteBufAllocator.DEFAULT), "it stays closed");
    }

    private static SslHandler assertNotNullHandler(ServedCertificates served) {
        SslHandler handler = served.newHandler(UnpooledByteBufAllocator.DEFAULT);
        assertNotNull(handler);
        return handler;
    }

    /** The JDK reads keys with an exponent that BoringSSL takes for an attempt to burden it. */
    @Test
    void whatTheProviderDoesNotTakeConcernsItsOwnHostOnly() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(
                new RSAKeyGenParameterSpec(2048, BigInteger.ONE.shiftLeft(40).add(BigInteger.valueOf(15))));
        KeyPair pair = generator.generateKeyPair();
        ServerCertificate odd = TestAuthority.usable(ServerCertificate.parse(
                AUTHORITY.leaf(pair, new X500Name("CN=a"), Duration.ofDays(-1), Duration.ofDays(1), List.of()),
                TestAuthority.pem("PRIVATE KEY", pair.getPrivate().getEncoded())));
        try (ServerTls<String> tls = new ServerTls<>(TlsSettings.DEFAULT, TicketKeys.random(), plan(1, odd))) {
            assertNull(served(tls, "changing.example").newHandler(UnpooledByteBufAllocator.DEFAULT));
            assertNull(served(tls, "changing.example").newHandler(UnpooledByteBufAllocator.DEFAULT));
            use(served(tls, "h0.example"));
            tls.publish(plan(1, second));
            use(served(tls, "changing.example"));
        }
    }

    /**
     * Ten thousand tables while two threads open connections: none fails, and all contexts are freed. Of so
     * many, it is enough to watch some: watching all takes ten seconds.
     */
    @Test
    void swapsLeakNothing() throws Exception {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
        ServerTls<String> tls = new ServerTls<>(TlsSettings.DEFAULT, TicketKeys.random(), plan(0, first));
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger opened = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            clients.add(Thread.ofPlatform().start(() -> {
                while (!stop.get()) {
                    (open(tls) ? opened : failed).incrementAndGet();
                }
            }));
        }
        List<SslContext> held = new ArrayList<>();
        int made = 0;
        for (int i = 0; i < 10_000; i++) {
            ServedCertificates served = served(tls, "changing.example");
            // Most tables are replaced before this thread makes a context of them, and some before anybody did.
            @Nullable SslContext context = i % 4 == 0 ? use(served) : served.context();
            tls.publish(plan(0, i % 2 == 0 ? second : first));
            if (context != null) {
                made++;
                held.add(context);
            }
            held.removeIf(one -> references(one) == 0);
        }
        stop.set(true);
        for (Thread client : clients) {
            client.join();
        }
        tls.close();
        assertEquals(0, failed.get());
        assertTrue(opened.get() > 1_000, () -> "opened " + opened);
        assertTrue(made >= 2_500, "made " + made);
        for (SslContext context : held) {
            assertEquals(0, references(context));
        }
    }

    /** As the selector does: reads the table again if what it found was retired. */
    private static boolean open(ServerTls<String> tls) {
        for (CertificateTable<String> table = null; table != tls.table(); ) {
            table = tls.table();
            SslHandler handler = served(tls, "changing.example").newHandler(UnpooledByteBufAllocator.DEFAULT);
            if (handler != null) {
                ReferenceCountUtil.release(handler.engine());
                return true;
            }
        }
        return false;
    }
}
