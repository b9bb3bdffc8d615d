package io.fairlead.ingress.proxy;

import io.fairlead.ingress.loop.Deadline;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The first handler of a connection without TLS, where a client may speak HTTP/2 by prior knowledge (RFC 9113 section
 * 3.4): it waits for as many bytes as tell both versions apart, and gives its place, and the bytes, to the right one.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a connection that is closed.
final class PrefaceSniffer extends ChannelInboundHandlerAdapter {

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Exchanges exchanges;
    private final Deadline deadline;
    private Runnable tooLate = () -> {};
    private ByteBuf held = Unpooled.EMPTY_BUFFER;
    private boolean draining;

    PrefaceSniffer(Exchanges exchanges) {
        this.exchanges = exchanges;
        deadline = exchanges.worker().deadline(() -> tooLate.run());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        tooLate = added::close;
        deadline.set(exchanges.worker().nanoTime()
                + TimeUnit.MILLISECONDS.toNanos(exchanges.settings().headMillis()));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (held.isReadable()) {
            in = Unpooled.wrappedBuffer(held, in);
        }
        held = Unpooled.EMPTY_BUFFER;
        int compared = Math.min(in.readableBytes(), PREFACE.length);
        int same = 0;
        while (same < compared && in.getByte(in.readerIndex() + same) == PREFACE[same]) {
            same++;
        }
        if (same < compared) {
            become(ctx, http1(), in);
        } else if (same == PREFACE.length) {
            become(ctx, new Http2ClientLink(exchanges), in);
        } else {
            held = in;
        }
    }

    private ChannelHandler http1() {
        return exchanges.http1();
    }

    private void become(ChannelHandlerContext ctx, ChannelHandler handler, ByteBuf in) {
        ctx.pipeline().replace(this, null, handler);
        if (draining) {
            ctx.fireUserEventTriggered(Drain.BEGUN);
        }
        ctx.fireChannelRead(in);
    }

    /** The first request may be on its way. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Drain.BEGUN) {
            draining = true;
            deadline.set(
                    exchanges.worker().nanoTime() + TimeUnit.MILLISECONDS.toNanos(Http1Downstream.LAST_REQUEST_MILLIS));
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        deadline.end();
        held.release();
        held = Unpooled.EMPTY_BUFFER;
    }

    /** A reset: the end of the connection follows. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
