package io.fairlead.ingress.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2FrameTypes;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames. Heads, and content that is small, are gathered in one buffer for all streams: what several of them send
 * at once goes to the socket as one piece. Frames of control are Netty's, and go out at once unless they would overtake
 * what was gathered for their stream.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails is an exception of the connection.
public final class Frames extends DefaultHttp2FrameWriter {

    /** The largest payload that every peer must take (RFC 9113 section 4.2); larger ones would gain nothing. */
    static final int PAYLOAD_MAX = 16 * 1024;

    private static final int HEADER_BYTES = 9;
    private static final int END_STREAM = 0x1;
    private static final int END_HEADERS = 0x4;

    /** Content up to this size is copied: one buffer costs less than three. */
    private static final int COPIED_MAX = 4096;

    /** When this much is gathered, it is handed to the channel, which knows by it that it is full. */
    private static final int GATHERED_MAX = 32 * 1024;

    private static final int GATHERED_MIN = 512;

    @Nullable
    private ChannelHandlerContext context;

    @Nullable
    private ByteBuf gathered;

    /** What was gathered last, which is the best guess for the next. */
    private int guess = GATHERED_MIN;

    private boolean tableRenounced;

    void start(ChannelHandlerContext added) {
        context = added;
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("a connection is used before it stands");
        }
        return context;
    }

    /** Hot path: HEADERS, and CONTINUATION as often as it takes. */
    void headers(int streamId, HeadBuffer block, boolean endStream) {
        int extra = tableRenounced ? 0 : 1;
        int first = Math.min(block.length(), PAYLOAD_MAX - extra);
        int flags = (endStream ? END_STREAM : 0) | (first == block.length() ? END_HEADERS : 0);
        ByteBuf out = room(HEADER_BYTES + extra + first);
        header(out, extra + first, Http2FrameTypes.HEADERS, flags, streamId);
        if (extra > 0) {
            out.writeByte(FieldEncoder.NO_TABLE);
            tableRenounced = true;
        }
        out.writeBytes(block.bytes(), 0, first);
        for (int at = first; at < block.length(); ) {
            int size = Math.min(block.length() - at, PAYLOAD_MAX);
            out = room(HEADER_BYTES + size);
            boolean last = at + size == block.length();
            header(out, size, Http2FrameTypes.CONTINUATION, last ? END_HEADERS : 0, streamId);
            out.writeBytes(block.bytes(), at, size);
            at += size;
        }
    }

    /** Hot path: one DATA frame; the content, of {@link #PAYLOAD_MAX} at most, is released. */
    void data(int streamId, ByteBuf content, boolean endStream) {
        int size = content.readableBytes();
        boolean copied = size <= COPIED_MAX;
        ByteBuf out = room(copied ? HEADER_BYTES + size : HEADER_BYTES);
        header(out, size, Http2FrameTypes.DATA, endStream ? END_STREAM : 0, streamId);
        if (copied) {
            out.writeBytes(content);
            content.release();
        } else {
            drain();
            context().write(content, context().voidPromise());
        }
    }

    /** An empty DATA frame that ends a stream. */
    void end(int streamId) {
        header(room(HEADER_BYTES), 0, Http2FrameTypes.DATA, END_STREAM, streamId);
    }

    private static void header(ByteBuf out, int size, int type, int flags, int streamId) {
        out.writeInt(size << 8 | type);
        out.writeByte(flags);
        out.writeInt(streamId);
    }

    private ByteBuf room(int bytes) {
        if (gathered != null && gathered.readableBytes() + bytes > GATHERED_MAX) {
            drain();
        }
        if (gathered == null) {
            gathered = context().alloc().buffer(Math.max(guess, bytes));
        }
        return gathered;
    }

    /** Hands over what was gathered; it goes out with the channel's next flush. */
    void drain() {
        ByteBuf full = gathered;
        if (full != null) {
            gathered = null;
            guess = Math.max(GATHERED_MIN, Integer.highestOneBit(full.readableBytes()) << 1);
            context().write(full, context().voidPromise());
        }
    }

    /** What was gathered goes nowhere. */
    void discard() {
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }

    @Override
    public ChannelFuture writeRstStream(
            ChannelHandlerContext ctx, int streamId, long errorCode, ChannelPromise promise) {
        drain();
        return super.writeRstStream(ctx, streamId, errorCode, promise);
    }

    @Override
    public ChannelFuture writeGoAway(
            ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData, ChannelPromise promise) {
        drain();
        return super.writeGoAway(ctx, lastStreamId, errorCode, debugData, promise);
    }
}
