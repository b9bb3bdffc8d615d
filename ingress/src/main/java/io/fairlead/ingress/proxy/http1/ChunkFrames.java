package io.fairlead.ingress.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;

/**
 * Writes the framing of chunked content (RFC 9112 section 7.1), for content that came without.
 *
 * <p>Thread-safe: it has no state that changes.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails is an exception of the connection.
public final class ChunkFrames {

    /** Content up to this size is copied between its frame's halves: one buffer costs less than three. */
    private static final int COPIED_MAX = 4096;

    /** Eight digits and twice CR LF. */
    private static final int FRAME_BYTES_MAX = 12;

    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LAST = "0\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int CR_LF = '\r' << 8 | '\n';

    private ChunkFrames() {}

    /** Hot path: writes content as a chunk, and releases it. An empty piece would be the end, and is left out. */
    public static void write(ChannelHandlerContext context, ByteBuf content) {
        int size = content.readableBytes();
        if (size == 0) {
            content.release();
            return;
        }
        boolean copied = size <= COPIED_MAX;
        ByteBuf start = context.alloc().buffer(copied ? FRAME_BYTES_MAX + size : FRAME_BYTES_MAX);
        size(start, size);
        if (copied) {
            start.writeBytes(content).writeShort(CR_LF);
            content.release();
            context.write(start, context.voidPromise());
        } else {
            context.write(start, context.voidPromise());
            context.write(content, context.voidPromise());
            context.write(context.alloc().buffer(2).writeShort(CR_LF), context.voidPromise());
        }
    }

    private static void size(ByteBuf out, int size) {
        for (int shift = 28 - (Integer.numberOfLeadingZeros(size) & ~3); shift >= 0; shift -= 4) {
            out.writeByte(DIGITS[size >>> shift & 15]);
        }
        out.writeShort(CR_LF);
    }

    /** Hot path: the last chunk, the trailers that go on, and the empty line. */
    public static void last(ByteBuf out, HeadFields trailers) {
        out.writeBytes(LAST);
        trailers(out, trailers);
    }

    /** Hot path: the trailers that go on, and the empty line, behind a last chunk that went on as it came. */
    public static void trailers(ByteBuf out, HeadFields trailers) {
        ForwardedHead.fields(out, trailers, 0);
        out.writeShort(CR_LF);
    }
}
