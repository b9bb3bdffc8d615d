package io.fairlead.bench.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * A connection of HTTP/1.1 to the backend: looks for the ends of heads, and for the path behind {@code GET /}. Requests
 * have no content.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails is an exception of the connection.
final class WebBackend extends ChannelInboundHandlerAdapter {

    private static final int PATH = 5;

    private final FixedAnswers answers;
    private int position;
    private int ending;
    private byte first;
    private byte second;

    WebBackend(FixedAnswers answers) {
        this.answers = answers;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        while (in.isReadable()) {
            byte b = in.readByte();
            if (position == PATH) {
                first = b;
            } else if (position == PATH + 1) {
                second = b;
            }
            position++;
            // CR LF CR LF: an odd count of them awaits LF.
            ending = b == ((ending & 1) == 0 ? '\r' : '\n') ? ending + 1 : b == '\r' ? 1 : 0;
            if (ending == 4) {
                ending = 0;
                position = 0;
                ctx.write(answers.answer(first, second), ctx.voidPromise());
            }
        }
        in.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
