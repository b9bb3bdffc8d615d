package io.fairlead.lab.hollow;

import io.fairlead.lab.kube.SelfSignedCertificate;
import io.fairlead.lab.run.LabException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * TLS and HTTP/2 before a server that has neither, so that clients take the ways to it that they take to a real API
 * server. Each stream is a connection to that server.
 *
 * <p>Thread-safe.
 */
public final class SecureFront implements AutoCloseable {

    private final EventLoopGroup loops;
    private final Channel listener;

    private SecureFront(EventLoopGroup loops, Channel listener) {
        this.loops = loops;
        this.listener = listener;
    }

    /**
     * Listens in the network namespace of the calling thread.
     *
     * @param address port 0 takes any
     * @param plain where the server is, over HTTP/1.1
     * @throws LabException if the address is taken, or the certificate cannot be used
     */
    public static SecureFront start(
            InetSocketAddress address, InetSocketAddress plain, SelfSignedCertificate certificate) {
        SslContext tls = tls(certificate);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            Channel listener = new ServerBootstrap()
                    .group(loops)
                    .channel(NioServerSocketChannel.class)
                    .childHandler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()), new Negotiation(plain));
                        }
                    })
                    .bind(address)
                    .syncUninterruptibly()
                    .channel();
            return new SecureFront(loops, listener);
        } catch (RuntimeException e) {
            end(loops);
            throw new LabException("cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }

    private static SslContext tls(SelfSignedCertificate certificate) {
        try {
            return SslContextBuilder.forServer(
                            certificate.certificate().toFile(),
                            certificate.key().toFile())
                    .sslProvider(SslProvider.JDK)
                    .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2,
                            ApplicationProtocolNames.HTTP_1_1))
                    .build();
        } catch (SSLException e) {
            throw new LabException("cannot use " + certificate.certificate() + ": " + e.getMessage(), e);
        }
    }

    /**
     * HTTP/2 or HTTP/1.1, as the client asked for (ALPN, RFC 7301).
     *
     * <p>Confined to its event loop.
     */
    private static final class Negotiation extends ApplicationProtocolNegotiationHandler {

        private final InetSocketAddress plain;

        Negotiation(InetSocketAddress plain) {
            super(ApplicationProtocolNames.HTTP_1_1);
            this.plain = plain;
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext context, String protocol) {
            if (!protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                context.pipeline().addLast(new HttpServerCodec(), new PlainRelay(plain));
                return;
            }
            context.pipeline()
                    .addLast(
                            Http2FrameCodecBuilder.forServer().build(),
                            new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
                                @Override
                                protected void initChannel(Channel stream) {
                                    stream.pipeline()
                                            .addLast(
                                                    new Http2StreamFrameToHttpObjectCodec(true), new PlainRelay(plain));
                                }
                            }));
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    @Override
    public void close() {
        end(loops);
    }

    private static void end(EventLoopGroup loops) {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
