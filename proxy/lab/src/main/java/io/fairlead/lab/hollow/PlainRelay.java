package io.fairlead.lab.hollow;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Gives what comes on a channel of HTTP objects to a connection of its own, and the answer back. What the client does not
 * take is not read from the server.
 *
 * <p>Confined to its event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails ends the channel, which is noticed
final class PlainRelay extends ChannelInboundHandlerAdapter {

    private final InetSocketAddress server;
    private final Queue<HttpObject> waiting = new ArrayDeque<>();
    private @Nullable Channel upstream;

    PlainRelay(InetSocketAddress server) {
        this.server = server;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        connect(context);
        super.channelActive(context);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (context.channel().isActive()) {
            connect(context);
        }
    }

    private void connect(ChannelHandlerContext context) {
        if (upstream != null) {
            return;
        }
        ChannelFuture connecting = new Bootstrap()
                .group(context.channel().eventLoop())
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpClientCodec(), new Answer(context.channel()));
                    }
                })
                .connect(server);
        Channel channel = connecting.channel();
        upstream = channel;
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                context.close();
                return;
            }
            for (HttpObject part = waiting.poll(); part != null; part = waiting.poll()) {
                channel.writeAndFlush(part);
            }
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof HttpObject part) || upstream == null) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (part instanceof HttpRequest request) {
            request.setProtocolVersion(HttpVersion.HTTP_1_1);
            if (!request.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
                request.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
            }
        }
        if (upstream.isActive()) {
            upstream.writeAndFlush(part);
        } else {
            waiting.add(part);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (upstream != null) {
            upstream.config().setAutoRead(context.channel().isWritable());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        if (upstream != null) {
            upstream.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // Clients come and go.
        context.close();
    }

    /**
     * The answer, on its way to the client.
     *
     * <p>Confined to its event loop.
     */
    private static final class Answer extends ChannelInboundHandlerAdapter {

        private final Channel client;
        private boolean ended;

        Answer(Channel client) {
            this.client = client;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpResponse response) {
                ended = false;
                if (!response.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
                    response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
                }
            }
            ended |= message instanceof LastHttpContent;
            client.writeAndFlush(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (!ended) {
                client.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            client.close();
            context.close();
        }
    }
}
