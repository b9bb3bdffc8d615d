package io.fairlead.test.ingress;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * A client's connection of HTTP/2 by Netty, with any number of requests at once.
 *
 * <p>Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails is heard from the answer.
final class H2Client implements AutoCloseable {

    private static final EventLoopGroup LOOPS = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private static final int TIMEOUT_SECONDS = 20;

    private final Channel connection;
    private final String scheme;
    private volatile boolean leaving;

    /**
     * An answer without its fields.
     *
     * <p>Immutable.
     */
    record Answer(int status, String text) {}

    private H2Client(InetSocketAddress address, String serverName) {
        scheme = serverName.isEmpty() ? "http" : "https";
        connection = new Bootstrap()
                .group(LOOPS)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        begin(channel, serverName);
                    }
                })
                .connect(address)
                .syncUninterruptibly()
                .channel();
    }

    /** By prior knowledge. */
    static H2Client connect(InetSocketAddress address) {
        return new H2Client(address, "");
    }

    /** By ALPN; trusts whatever it is shown. */
    static H2Client connectTls(InetSocketAddress address, String serverName) {
        H2Client client = new H2Client(address, serverName);
        client.connection.pipeline().get(SslHandler.class).handshakeFuture().syncUninterruptibly();
        return client;
    }

    private void begin(Channel channel, String serverName) {
        if (!serverName.isEmpty()) {
            SSLEngine engine = AnyCertificate.context().createSSLEngine();
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
            parameters.setApplicationProtocols(new String[] {"h2"});
            engine.setSSLParameters(parameters);
            channel.pipeline().addLast(new SslHandler(engine));
        }
        Http2FrameCodec codec = Http2FrameCodecBuilder.forClient().build();
        channel.pipeline().addLast(codec, new Http2MultiplexHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel pushed) {
                pushed.close();
            }
        }));
        channel.pipeline().addLast(new SimpleChannelInboundHandler<Http2Frame>() {
            @Override
            protected void channelRead0(ChannelHandlerContext context, Http2Frame frame) {
                leaving |= frame instanceof Http2GoAwayFrame;
            }
        });
    }

    /** Whether the connection takes no further requests. */
    boolean isLeaving() {
        return leaving || !connection.isActive();
    }

    boolean isOpen() {
        return connection.isActive();
    }

    /** Asks for something. */
    CompletableFuture<Answer> get(String host, String target) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        open(host, target, new Collector(answer), answer);
        return answer;
    }

    /** Asks for something and lets the window of its stream fill. */
    void getWithoutReading(String host, String target) {
        CompletableFuture<Answer> sent = new CompletableFuture<>();
        open(
                host,
                target,
                new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        stream.config().setAutoRead(false);
                    }
                },
                sent);
    }

    private void open(String host, String target, ChannelHandler handler, CompletableFuture<Answer> answer) {
        new Http2StreamChannelBootstrap(connection).handler(handler).open().addListener(done -> {
            if (done.isSuccess()) {
                Http2StreamChannel stream = (Http2StreamChannel) done.getNow();
                DefaultHttp2Headers head = new DefaultHttp2Headers();
                head.method("GET").scheme(scheme).authority(host).path(target);
                stream.writeAndFlush(new DefaultHttp2HeadersFrame(head, true)).addListener(sent -> {
                    if (!sent.isSuccess()) {
                        answer.completeExceptionally(sent.cause());
                    }
                });
            } else {
                answer.completeExceptionally(done.cause());
            }
        });
    }

    /** The same, and waits for the answer. */
    Answer ask(String host, String target) {
        return await(get(host, target));
    }

    static Answer await(CompletableFuture<Answer> answer) {
        try {
            return answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new UncheckedIOException(new IOException(e.getCause()));
        } catch (TimeoutException e) {
            throw new UncheckedIOException(new IOException("no answer in " + TIMEOUT_SECONDS + " s", e));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * One stream.
     *
     * <p>Confined to the event loop's thread.
     */
    private static final class Collector extends SimpleChannelInboundHandler<Http2Frame> {

        private final CompletableFuture<Answer> answer;
        private final StringBuilder text = new StringBuilder();
        private int status;

        Collector(CompletableFuture<Answer> answer) {
            this.answer = answer;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, Http2Frame frame) {
            switch (frame) {
                case Http2HeadersFrame headers -> {
                    CharSequence said = headers.headers().status();
                    status = said == null ? status : Integer.parseInt(said.toString());
                    ended(headers.isEndStream());
                }
                case Http2DataFrame data -> {
                    text.append(data.content().toString(StandardCharsets.ISO_8859_1));
                    ended(data.isEndStream());
                }
                case Http2ResetFrame reset ->
                    answer.completeExceptionally(new IOException("reset with " + reset.errorCode()));
                default -> {}
            }
        }

        private void ended(boolean end) {
            if (end) {
                answer.complete(new Answer(status, text.toString()));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            answer.completeExceptionally(new IOException("the stream ended without an answer's end"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            answer.completeExceptionally(cause);
        }
    }

    @Override
    public void close() {
        connection.close().syncUninterruptibly();
    }
}
