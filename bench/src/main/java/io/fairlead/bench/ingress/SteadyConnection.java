package io.fairlead.bench.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the {@link SteadyClient}, with one request at a time, whose answer has a kilobyte of content.
 *
 * <p>Confined to the event loop's thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails is an exception of the connection.
final class SteadyConnection extends ChannelInboundHandlerAdapter {

    private static final int CONTENT_BYTES = 1024;
    private static final int OK = '2';
    private static final int STATUS = 9;

    private final SteadyClient.Run run;
    private final ByteBuf request;

    @Nullable
    private ChannelHandlerContext context;

    private long number;
    private int position;
    private int ending;
    private int left;

    SteadyConnection(SteadyClient.Run run, int host) {
        this.run = run;
        request =
                Unpooled.directBuffer().writeBytes(Traffic.request("/1k", host).getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        run.idle(this);
    }

    void send(long which) {
        if (context == null) {
            throw new IllegalStateException("not connected");
        }
        number = which;
        position = 0;
        ending = 0;
        context.writeAndFlush(request.retainedDuplicate(), context.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        boolean complete = false;
        while (in.isReadable()) {
            if (ending == 4) {
                int taken = Math.min(left, in.readableBytes());
                in.skipBytes(taken);
                left -= taken;
                complete = left == 0;
            } else {
                readHead(in.readByte());
            }
        }
        in.release();
        if (complete) {
            run.answered(this, number);
        }
    }

    private void readHead(byte b) {
        if (position++ == STATUS && b != OK) {
            throw new IllegalStateException("answered with a status of " + (char) b + "xx");
        }
        ending = b == ((ending & 1) == 0 ? '\r' : '\n') ? ending + 1 : b == '\r' ? 1 : 0;
        left = CONTENT_BYTES;
    }

    /** A figure with an error in it is none. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        cause.printStackTrace();
        Runtime.getRuntime().halt(1);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        exceptionCaught(ctx, new IllegalStateException("the proxy has closed a connection"));
    }
}
