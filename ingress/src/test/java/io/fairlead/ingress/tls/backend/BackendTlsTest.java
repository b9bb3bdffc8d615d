package io.fairlead.ingress.tls.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.route.policy.BackendConnection;
import io.fairlead.ingress.route.policy.BackendConnection.Protocol;
import io.fairlead.ingress.route.policy.BackendTls;
import io.fairlead.ingress.tls.BackendServer;
import io.fairlead.ingress.tls.TestAuthority;
import io.fairlead.ingress.tls.TlsSettings;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Which backends are believed, on real sockets.
 *
 * <p>Confined to the test thread.
 */
final class BackendTlsTest {

    private static final TestAuthority AUTHORITY = TestAuthority.INSTANCE;
    private static final byte[] PEM = AUTHORITY.authority();
    private static final byte[] OTHER_PEM = TestAuthority.another().authority();
    private static final ObjectName SECRET = new ObjectName("shop", "ca");

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final BackendServer server = new BackendServer("b.example", "*.w.example");

    @AfterEach
    void close() {
        server.close();
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static BackendTls verified(String name) {
        return new BackendTls.Verified(name, new BackendTls.Authority.OfSecret(SECRET));
    }

    private static BackendTlsClient client(BackendTlsContexts contexts, Protocol protocol, BackendTls tls) {
        return switch (contexts.of(new BackendConnection(protocol, tls), name -> PEM)) {
            case BackendTlsResult.Usable usable -> usable.client();
            case BackendTlsResult.Refused refused -> throw new AssertionError(refused.reason());
        };
    }

    /** The protocol that the backend chose, or what the connection failed with. */
    private String connect(BackendTlsClient client) {
        SslHandler handler = client.newHandler(PooledByteBufAllocator.DEFAULT, 5_000);
        Channel channel = new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel made) {
                        made.pipeline().addLast(handler);
                    }
                })
                .connect(InetAddress.getLoopbackAddress(), server.port())
                .syncUninterruptibly()
                .channel();
        boolean done = handler.handshakeFuture().awaitUninterruptibly(5_000);
        assertTrue(done, "the handshake ends");
        String result = handler.handshakeFuture().isSuccess() ? handler.applicationProtocol() : "refused";
        channel.close().syncUninterruptibly();
        return result;
    }

    @ParameterizedTest
    @EnumSource(TlsSettings.Provider.class)
    void believesWhomTheAuthoritySignedForTheName(TlsSettings.Provider provider) {
        BackendTlsContexts contexts = new BackendTlsContexts(provider);
        assertEquals("http/1.1", connect(client(contexts, Protocol.HTTPS, verified("b.example"))));
        assertEquals("h2", connect(client(contexts, Protocol.H2_TLS, verified("b.example"))));
        assertEquals("http/1.1", connect(client(contexts, Protocol.HTTPS, verified("x.w.example"))));
        assertEquals("refused", connect(client(contexts, Protocol.HTTPS, verified("c.example"))));
        assertEquals("refused", connect(client(contexts, Protocol.HTTPS, verified("w.example"))));
        assertEquals("refused", connect(client(contexts, Protocol.HTTPS, verified("y.x.w.example"))));
        assertEquals("refused", connect(client(contexts, Protocol.HTTPS, verified("127.0.0.1"))), "an address");
        assertEquals("refused", connect(client(contexts, Protocol.HTTPS, verified("leaf"))), "the common name");
        // A session that is resumed was verified for the same name, and is not one for another.
        assertEquals("http/1.1", connect(client(contexts, Protocol.HTTPS, verified("b.example"))));
        assertEquals("refused", connect(client(contexts, Protocol.HTTPS, verified("c.example"))));
        BackendTls platform = new BackendTls.Verified("b.example", new BackendTls.Authority.WellKnown());
        assertEquals("refused", connect(client(contexts, Protocol.HTTPS, platform)));
    }

    @ParameterizedTest
    @EnumSource(TlsSettings.Provider.class)
    void believesAnybodyIfToldSoAndSendsTheName(TlsSettings.Provider provider) {
        BackendTlsContexts contexts = new BackendTlsContexts(provider);
        for (String name : new String[] {"c.example", "single", ""}) {
            assertEquals("http/1.1", connect(client(contexts, Protocol.HTTPS, new BackendTls.Unverified(name))));
            assertEquals(name, server.serverName());
        }
    }

    @Test
    void sharesContextsByWhatTheyBelieve() {
        BackendTlsContexts contexts = new BackendTlsContexts(TlsSettings.Provider.BORINGSSL);
        BackendTlsClient first = client(contexts, Protocol.HTTPS, verified("b.example"));
        assertSame(
                first.context(),
                client(contexts, Protocol.HTTPS, verified("c.example")).context());
        assertNotSame(
                first.context(),
                client(contexts, Protocol.H2_TLS, verified("b.example")).context());
        assertNotSame(
                first.context(),
                client(contexts, Protocol.HTTPS, new BackendTls.Unverified("")).context());
        BackendTlsResult renewed =
                contexts.of(new BackendConnection(Protocol.HTTPS, verified("b.example")), name -> OTHER_PEM);
        BackendTlsClient other = ((BackendTlsResult.Usable) renewed).client();
        assertNotSame(first.context(), other.context());
        assertEquals("refused", connect(other));
        assertEquals("http/1.1", connect(first));
    }

    @Test
    void refusesWithoutAuthority() {
        BackendTlsContexts contexts = new BackendTlsContexts(TlsSettings.Provider.BORINGSSL);
        BackendConnection connection = new BackendConnection(Protocol.HTTPS, verified("b.example"));
        Map<String, byte[]> rows = Map.of(
                "holds no certificate in PEM",
                new byte[0],
                "is not a list of at most 1000 certificates",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".getBytes(StandardCharsets.US_ASCII),
                "is larger than 1 MiB",
                new byte[(1 << 20) + 1]);
        rows.forEach((reason, pem) -> {
            BackendTlsResult.Refused refused = (BackendTlsResult.Refused) contexts.of(connection, name -> pem);
            assertEquals("ca.crt of Secret shop/ca " + reason, refused.reason());
        });
        assertEquals(
                "Secret shop/ca with the authority of backends, or its ca.crt, is not there",
                ((BackendTlsResult.Refused) contexts.of(connection, name -> null)).reason());
        assertThrows(
                IllegalArgumentException.class,
                () -> contexts.of(BackendConnection.DEFAULT, name -> AUTHORITY.authority()));
    }
}
