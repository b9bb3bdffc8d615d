package io.fairlead.ingress.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.route.HostMatch;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ResourceLeakDetector;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/**
 * Certificates change under connections that are in use.
 *
 * <p>Confined to the test thread.
 */
final class HotReloadTest {

    private static final int CONNECTIONS = 200;
    private static final TestAuthority AUTHORITY = TestAuthority.INSTANCE;

    private final ServerCertificate defaults = DefaultCertificate.generate(Instant.now());
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

    private TlsPlan<String> plan(ServerCertificate certificate) {
        return new TlsPlan<>(
                List.of(defaults), Map.of(HostMatch.parse("a.example"), new HostTls.Terminate<>(List.of(certificate))));
    }

    /** Of so many buffers it is enough to watch some: watching all takes most of the time. */
    @Test
    void noConnectionIsClosedAndNewOnesGetTheNewCertificate() throws Exception {
        ServerCertificate certificate = AUTHORITY.certificate(KeyType.ECDSA_P256, "a.example");
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        SslContext client = SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL_REFCNT)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm("")
                .build();
        try (ServerTls<String> tls = new ServerTls<>(TlsSettings.DEFAULT, TicketKeys.random(), plan(certificate));
                TlsServer server = new TlsServer(tls)) {
            List<ChannelFuture> connects = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                connects.add(connect(loop, client, server.port()));
            }
            await(CONNECTIONS);

            for (int i = 0; i < 20; i++) {
                certificate = AUTHORITY.certificate(KeyType.ECDSA_P256, "a.example");
                tls.publish(plan(certificate));
                await(answers.get() + CONNECTIONS / 10);
                if (i % 5 == 0) {
                    assertEquals(certificate.fingerprint(), shown(server.port()));
                }
            }
            await(answers.get() + CONNECTIONS);

            assertEquals(0, closed.get());
            assertEquals(0, refusals.get(), "requests that were said to be for another connection");
            assertEquals(0, server.failures.get());
            assertEquals(certificate.fingerprint(), shown(server.port()));
            List<ChannelFuture> closes =
                    connects.stream().map(connect -> connect.channel().close()).toList();
            closes.forEach(ChannelFuture::syncUninterruptibly);
        } finally {
            ReferenceCountUtil.release(client);
            loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    /** A connection that sends the next request soon after it has the answer of the one before. */
    private ChannelFuture connect(EventLoopGroup loop, SslContext client, int port) {
        return new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        SslHandler handler = client.newHandler(channel.alloc(), "a.example", port);
                        channel.pipeline().addLast(handler, new Requests());
                    }
                })
                .connect(InetAddress.getLoopbackAddress(), port);
    }

    private final class Requests extends SimpleChannelInboundHandler<ByteBuf> {

        @Override
        public void channelActive(ChannelHandlerContext context) {
            request(context);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
            if (!in.toString(StandardCharsets.US_ASCII).endsWith("|true")) {
                refusals.incrementAndGet();
            }
            answers.incrementAndGet();
            // Not at once, or this traffic would leave the test no processor to run on.
            context.executor()
                    .schedule(() -> request(context), 30, TimeUnit.MILLISECONDS)
                    .addListener(scheduled -> {});
        }

        private void request(ChannelHandlerContext context) {
            context.writeAndFlush(ByteBufUtil.writeAscii(context.alloc(), "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"))
                    .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            closed.incrementAndGet();
        }
    }

    private void await(int wanted) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (answers.get() < wanted) {
            assertTrue(System.nanoTime() < deadline, () -> answers + " answers, " + closed + " closed");
            LockSupport.parkNanos(200_000);
        }
    }

    /** The fingerprint of the certificate that a new connection is shown. */
    private static String shown(int port) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("a.example")));
            socket.setSSLParameters(parameters);
            byte[] der = socket.getSession().getPeerCertificates()[0].getEncoded();
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
        }
    }
}
