package io.fairlead.ingress.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames, fields into a {@link FieldSink}, and ends a connection whose peer sends too many that move nothing
 * (RFC 9113 section 10.5): it sees each frame before anybody acts on it. CONTINUATION frames are counted by Netty's
 * reader.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
final class GuardedReader extends DefaultHttp2FrameReader implements Http2FrameListener {

    /** A window is usually opened by thousands of bytes at once; what is opened by less costs us a frame for each. */
    private static final int WINDOW_STEP_MIN = 1024;

    private final Http2Connection connection;
    private final Allowance idleFrames;

    @Nullable
    private Http2FrameListener listener;

    GuardedReader(Http2Connection connection, FieldSink sink, long headerListBytesMax, Allowance idleFrames) {
        super(new DefaultHttp2HeadersDecoder(false, headerListBytesMax) {
            @Override
            protected Http2Headers newHeaders() {
                sink.begin();
                return sink;
            }
        });
        this.connection = connection;
        this.idleFrames = idleFrames;
    }

    @Override
    public void readFrame(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener next) throws Http2Exception {
        listener = next;
        super.readFrame(ctx, input, this);
    }

    private Http2FrameListener listener() {
        if (listener == null) {
            throw new IllegalStateException("a frame came while none was read");
        }
        return listener;
    }

    private Http2FrameListener idle() throws Http2Exception {
        if (!idleFrames.spend()) {
            throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many frames that move nothing");
        }
        return listener();
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
            throws Http2Exception {
        if (data.isReadable()) {
            idleFrames.giveBack(1);
            return listener().onDataRead(ctx, streamId, data, padding, endOfStream);
        }
        return idle().onDataRead(ctx, streamId, data, padding, endOfStream);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean endOfStream)
            throws Http2Exception {
        expectOpen(streamId);
        listener().onHeadersRead(ctx, streamId, headers, padding, endOfStream);
    }

    /** RFC 9113 section 5.1: nothing comes behind the peer's end of a stream. */
    private void expectOpen(int streamId) throws Http2Exception {
        Http2Stream stream = connection.stream(streamId);
        if (stream != null && stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE) {
            throw Http2Exception.streamError(
                    streamId, Http2Error.STREAM_CLOSED, "fields came behind the end of stream %d", streamId);
        }
    }

    /** What it says of priority is not looked at (RFC 9113 section 5.3.2). */
    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx,
            int streamId,
            Http2Headers headers,
            int streamDependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean endOfStream)
            throws Http2Exception {
        onHeadersRead(ctx, streamId, headers, padding, endOfStream);
    }

    @Override
    public void onPriorityRead(
            ChannelHandlerContext ctx, int streamId, int streamDependency, short weight, boolean exclusive)
            throws Http2Exception {
        idle();
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) throws Http2Exception {
        idle().onRstStreamRead(ctx, streamId, errorCode);
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
        idle().onSettingsAckRead(ctx);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
        idle().onSettingsRead(ctx, settings);
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
        idle().onPingRead(ctx, data);
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
        idle().onPingAckRead(ctx, data);
    }

    @Override
    public void onPushPromiseRead(
            ChannelHandlerContext ctx, int streamId, int promisedStreamId, Http2Headers headers, int padding)
            throws Http2Exception {
        throw Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "a push was promised that nobody allowed");
    }

    @Override
    public void onGoAwayRead(ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData)
            throws Http2Exception {
        idle().onGoAwayRead(ctx, lastStreamId, errorCode, debugData);
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int windowSizeIncrement)
            throws Http2Exception {
        Http2FrameListener next = windowSizeIncrement < WINDOW_STEP_MIN ? idle() : listener();
        next.onWindowUpdateRead(ctx, streamId, windowSizeIncrement);
    }

    @Override
    public void onUnknownFrame(
            ChannelHandlerContext ctx, byte frameType, int streamId, Http2Flags flags, ByteBuf payload)
            throws Http2Exception {
        idle();
    }
}
