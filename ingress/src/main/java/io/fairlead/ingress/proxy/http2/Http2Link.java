package io.fairlead.ingress.proxy.http2;

import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.proxy.http1.HeadLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.List;

/**
 * A connection of HTTP/2, whichever side we are: frames in and out, limits of what the peer may make us do, and one flush
 * for all that its streams send in one turn of the event loop.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails is an exception of the connection.
public abstract class Http2Link extends Http2ConnectionHandler implements Http2FrameListener {

    private static final int WINDOW_DEFAULT = 65_535;
    /** Frames that move nothing, but come with each request in practice: windows of small contents, a ping. */
    private static final int FRAMES_PER_ANSWER = 4;

    /** Several times what content can come to. */
    private static final long UNREAD_BYTES_MAX = 512 * 1024;

    private static final float UPDATE_RATIO = 0.5f;

    private final Worker worker;
    private final Http2Limits limits;
    private final Parts parts;
    private final Allowance resets;
    private final Runnable flushTask = this::flushNow;

    private boolean inRead;
    private boolean flushPlanned;

    private record Parts(
            FieldSink sink,
            Frames frames,
            SendWindows windows,
            Allowance idleFrames,
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder) {

        /** @param refills whether the connection's window opens again whatever becomes of the content */
        static Parts of(Worker worker, boolean server, boolean refills, HeadLimits heads, Http2Limits limits) {
            Http2Connection connection = new DefaultHttp2Connection(server);
            Frames frames = new Frames();
            Allowance idleFrames = new Allowance(worker, limits.idleFramesMax());
            SendWindows windows = new SendWindows(connection, frames, idleFrames, limits);
            connection.remote().flowController(windows);
            connection.local().flowController(new DefaultHttp2LocalFlowController(connection, UPDATE_RATIO, refills));
            Http2ConnectionEncoder encoder = new DefaultHttp2ConnectionEncoder(connection, frames);
            FieldSink sink = new FieldSink();
            GuardedReader reader = new GuardedReader(connection, sink, heads.headBytesMax(), idleFrames);
            Http2ConnectionDecoder decoder = new DefaultHttp2ConnectionDecoder(
                    connection, encoder, reader, Http2PromisedRequestVerifier.ALWAYS_VERIFY, true, true, false);
            return new Parts(sink, frames, windows, idleFrames, decoder, encoder);
        }
    }

    protected Http2Link(Worker worker, boolean server, boolean refills, HeadLimits heads, Http2Limits limits) {
        this(worker, Parts.of(worker, server, refills, heads, limits), settings(server, heads, limits), limits);
    }

    private Http2Link(Worker worker, Parts parts, Http2Settings settings, Http2Limits limits) {
        super(parts.decoder(), parts.encoder(), settings, true);
        this.worker = worker;
        this.parts = parts;
        this.limits = limits;
        resets = new Allowance(worker, limits.resetsMax());
    }

    private static Http2Settings settings(boolean server, HeadLimits heads, Http2Limits limits) {
        Http2Settings settings = new Http2Settings()
                .initialWindowSize(limits.streamWindowBytes())
                .maxHeaderListSize(heads.headBytesMax());
        return server ? settings.maxConcurrentStreams(limits.streamsMax()) : settings.pushEnabled(false);
    }

    protected final Worker worker() {
        return worker;
    }

    protected final Http2Limits limits() {
        return limits;
    }

    /** The block that was read last. */
    protected final FieldSink sink() {
        return parts.sink();
    }

    public final SendWindows windows() {
        return parts.windows();
    }

    protected final ChannelHandlerContext context() {
        ChannelHandlerContext context = windows().channelHandlerContext();
        if (context == null) {
            throw new IllegalStateException("a connection is used before it stands");
        }
        return context;
    }

    /** Opens the connection's window to what the limits say, once the preface is on its way. */
    protected final void openWindow() {
        try {
            decoder()
                    .flowController()
                    .incrementWindowSize(
                            connection().connectionStream(), limits.connectionWindowBytes() - WINDOW_DEFAULT);
        } catch (Http2Exception e) {
            throw new IllegalStateException("the window of a new connection cannot be opened", e);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        decoder().frameListener(this);
        super.handlerAdded(ctx);
    }

    // Reading and flushing.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        inRead = true;
        super.channelRead(ctx, message);
    }

    /** What comes after the connection's end is nobody's. */
    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (ctx.channel().isActive()) {
            super.decode(ctx, in, out);
        } else {
            in.skipBytes(in.readableBytes());
        }
    }

    /** All that came at once was handled. */
    protected abstract void readEnded();

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        discardSomeReadBytes();
        inRead = false;
        readEnded();
        flush(ctx);
        endUnread(ctx);
    }

    /**
     * Content waits for the channel to be writable. So what is beyond that are answers to frames of control, for a peer
     * that sends them and reads none (CVE-2019-9512, CVE-2019-9515).
     */
    private static void endUnread(ChannelHandlerContext ctx) {
        if (ctx.channel().bytesBeforeWritable() > UNREAD_BYTES_MAX) {
            ctx.close();
        }
    }

    /** Hot path: flushes when everybody who is at work now is done. */
    public final void flushSoon() {
        if (!inRead && !flushPlanned) {
            flushPlanned = true;
            worker.loop().execute(flushTask);
        }
    }

    private void flushNow() {
        flushPlanned = false;
        flush(context());
    }

    /** What waits may go on. Reading goes on in any case: two proxies that both waited for the other would wait forever. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && windows().hasReady()) {
            flush(ctx);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        parts.frames().discard();
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (cause instanceof Http2Exception) {
            super.exceptionCaught(ctx, cause);
        } else {
            ctx.close();
        }
    }

    // Streams.

    /** Hot path: content of a stream was taken; its window, and the connection's, may open by that. */
    public final void consumed(Http2Stream stream, int bytes) {
        try {
            if (decoder().flowController().consumeBytes(stream, bytes)) {
                flushSoon();
            }
        } catch (Http2Exception e) {
            throw new IllegalStateException("more was taken than came", e);
        }
    }

    /** Hot path: our end of a stream was sent. */
    public final void closeLocal(Http2Stream stream) {
        closeStreamLocal(stream, context().newSucceededFuture());
    }

    /** Nothing of a stream goes out behind its reset, whoever resets it. */
    @Override
    public ChannelFuture resetStream(ChannelHandlerContext ctx, int streamId, long errorCode, ChannelPromise promise) {
        windows().close(streamId);
        return super.resetStream(ctx, streamId, errorCode, promise);
    }

    /** Resets a stream; its listener hears that it is closed. */
    public final void reset(Http2Stream stream, Http2Error error) {
        resetStream(context(), stream.id(), error.code(), context().newPromise());
        flushSoon();
    }

    /**
     * A stream was of no use.
     *
     * @throws Http2Exception that ends the connection, if there were too many
     */
    protected final void countReset() throws Http2Exception {
        if (!resets.spend()) {
            throw Http2Exception.connectionError(
                    Http2Error.ENHANCE_YOUR_CALM, "too many streams that end without an answer");
        }
    }

    /** Hot path: a stream was of use. */
    public final void answered() {
        resets.giveBack(1);
        parts.idleFrames().giveBack(FRAMES_PER_ANSWER);
    }

    /** Netty found something wrong with a stream; that costs as much as a reset that the peer sends. */
    @Override
    protected void onStreamError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, Http2Exception.StreamException error) {
        try {
            countReset();
            super.onStreamError(ctx, outbound, cause, error);
        } catch (Http2Exception tooMany) {
            onError(ctx, outbound, tooMany);
        }
    }

    /** Says that no further streams are taken, but those up to this number. */
    protected final void sayGoAway(int lastStreamId) {
        frameWriter()
                .writeGoAway(
                        context(),
                        lastStreamId,
                        Http2Error.NO_ERROR.code(),
                        Unpooled.EMPTY_BUFFER,
                        context().newPromise());
        flushSoon();
    }

    // Frames that mean nothing to either side.

    @Override
    public final void onHeadersRead(
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
    public abstract void onHeadersRead(
            ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean endOfStream)
            throws Http2Exception;

    @Override
    public void onPriorityRead(
            ChannelHandlerContext ctx, int streamId, int streamDependency, short weight, boolean exclusive) {}

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ctx) {}

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {}

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) {}

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) {}

    @Override
    public void onPushPromiseRead(
            ChannelHandlerContext ctx, int streamId, int promisedStreamId, Http2Headers headers, int padding) {}

    @Override
    public void onGoAwayRead(ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData) {}

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int windowSizeIncrement) {}

    @Override
    public void onUnknownFrame(
            ChannelHandlerContext ctx, byte frameType, int streamId, Http2Flags flags, ByteBuf payload) {}
}
