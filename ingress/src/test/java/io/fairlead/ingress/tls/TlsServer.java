package io.fairlead.ingress.tls;

import io.fairlead.ingress.tls.hello.HelloFault;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server on loopback that answers each request of HTTP/1.1 with what its connection knows:
 * {@code server name|fingerprints|whether it answers for the request's host}.
 *
 * <p>Thread-safe.
 */
final class TlsServer implements AutoCloseable {

    final ConcurrentLinkedQueue<HelloFault> refused = new ConcurrentLinkedQueue<>();
    final AtomicInteger handshakes = new AtomicInteger();
    final AtomicInteger failures = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final LinkedBlockingQueue<String> names = new LinkedBlockingQueue<>();
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final Map<Channel, Boolean> open = new ConcurrentHashMap<>();
    private final Channel listener;

    TlsServer(ServerTls<String> tls) {
        TlsListener<String> events = new TlsListener<>() {
            @Override
            public ChannelHandler passThrough(Channel channel, String backend, String serverName) {
                return new PassedThrough(backend, serverName);
            }

            @Override
            public void refused(Channel channel, HelloFault fault) {
                refused.add(fault);
            }
        };
        listener = new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        open.put(channel, true);
                        channel.closeFuture().addListener(future -> {
                            open.remove(channel);
                            closed.incrementAndGet();
                        });
                        channel.pipeline().addLast(new TlsSelector<>(tls, events), new Answers());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    int openConnections() {
        return open.size();
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        open.keySet().stream().map(Channel::close).toList().forEach(ChannelFuture::syncUninterruptibly);
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Answers requests without body. */
    private final class Answers extends SimpleChannelInboundHandler<ByteBuf> {

        private final StringBuilder text = new StringBuilder();

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
            text.append(in.toString(StandardCharsets.ISO_8859_1));
            for (int end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
                int from = text.indexOf("Host: ") + 6;
                String host = text.substring(from, text.indexOf("\r\n", from)).replaceFirst(":\\d+$", "");
                text.delete(0, end + 4);
                TlsConnection tls = Objects.requireNonNull(TlsConnection.of(context.channel()));
                byte[] bytes = host.getBytes(StandardCharsets.US_ASCII);
                String body = tls.serverName() + "|"
                        + tls.certificates().stream()
                                .map(ServerCertificate::fingerprint)
                                .toList() + "|"
                        + tls.answersFor(bytes, 0, bytes.length);
                String answer = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
                context.writeAndFlush(ByteBufUtil.writeAscii(context.alloc(), answer))
                        .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake) {
                names.add(Objects.requireNonNull(TlsConnection.of(context.channel()))
                        .serverName());
                (handshake.isSuccess() ? handshakes : failures).incrementAndGet();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.channel().close().addListener(done -> {});
        }
    }

    /** Tells which backend it is for and how many bytes of the client it got. */
    private static final class PassedThrough extends ChannelInboundHandlerAdapter {

        private final String backend;
        private final String serverName;

        PassedThrough(String backend, String serverName) {
            this.backend = backend;
            this.serverName = serverName;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf in = (ByteBuf) message;
            String text = backend + " " + serverName + " " + ByteBufUtil.hexDump(in);
            in.release();
            context.writeAndFlush(ByteBufUtil.writeAscii(context.alloc(), text))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }
}
