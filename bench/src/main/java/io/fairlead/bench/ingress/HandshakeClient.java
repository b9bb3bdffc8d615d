package io.fairlead.bench.ingress;

import io.fairlead.bench.process.Figures;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;

/**
 * A program that makes full handshakes of TLS 1.3, one connection for each, and says how many it made. It asks for a
 * name by SNI, and sends nothing else. Keys are exchanged by X25519: a newer method would cost those proxies more that
 * know it.
 *
 * <p>Confined to the main thread, which ends with the program; its state is for the event loop's.
 */
@SuppressWarnings("FutureReturnValueIgnored") // The next connection does not wait for the end of the last.
public final class HandshakeClient {

    private static final int AT_ONCE = 16;

    private final SslContext context;
    private final Bootstrap bootstrap;
    private final long endNanos;
    private final int hosts;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    private HandshakeClient(int port, int hosts, int seconds, EventLoopGroup loops) throws SSLException {
        this.hosts = hosts;
        endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        context = SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL_REFCNT)
                .protocols("TLSv1.3")
                .option(OpenSslContextOption.GROUPS, new String[] {"X25519"})
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .build();
        bootstrap = new Bootstrap()
                .group(loops)
                .channel(EpollSocketChannel.class)
                .remoteAddress(Contender.ADDRESS, port)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(handler(channel));
                    }
                });
    }

    /** The words are: port, hosts, seconds. */
    public static void main(String[] words) throws SSLException, InterruptedException {
        int seconds = Integer.parseInt(words[2]);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        HandshakeClient client =
                new HandshakeClient(Integer.parseInt(words[0]), Integer.parseInt(words[1]), seconds, loops);
        for (int i = 0; i < AT_ONCE; i++) {
            client.connect();
        }
        TimeUnit.SECONDS.sleep(seconds);
        if (client.failed.get() > 0) {
            throw new IllegalStateException(client.failed + " handshakes failed");
        }
        new Figures().put("handshakes", client.made.get()).print();
        System.exit(0);
    }

    private void connect() {
        bootstrap.connect().addListener((ChannelFutureListener) this::connected);
    }

    private void connected(ChannelFuture done) {
        if (!done.isSuccess()) {
            failed.incrementAndGet();
        }
    }

    private SslHandler handler(Channel channel) {
        String host = Traffic.host(begun.getAndIncrement() % hosts);
        SslHandler handler = context.newHandler(channel.alloc(), host, Contender.NGINX.securePort());
        handler.handshakeFuture().addListener(done -> {
            (done.isSuccess() ? made : failed).incrementAndGet();
            channel.close();
            if (System.nanoTime() < endNanos) {
                connect();
            }
        });
        return handler;
    }
}
