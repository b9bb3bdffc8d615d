package io.fairlead.ingress.proxy;

import io.fairlead.ingress.loop.Deadline;
import io.fairlead.ingress.proxy.http2.Http2Link;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A client's connection of HTTP/2, whose streams are requests. To put it into a channel's pipeline is all that it takes
 * for the channel to speak HTTP/2, after ALPN or by prior knowledge.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails is an exception of the connection.
final class Http2ClientLink extends Http2Link {

    /** Streams that are kept for the next ones; each has some KiB. */
    private static final int SPARE_MAX = 32;

    /** How long they are kept for a connection that has no stream. */
    private static final long SPARE_MILLIS = 5_000;

    private static final int SCRATCH_BYTES = 1024;
    private static final int STREAM_ID_MAX = Integer.MAX_VALUE;

    /** How long a client may need to hear that it should open no more streams: several round trips. */
    private static final long LAST_STREAMS_MILLIS = 1_000;

    private enum Phase {
        /** The client's preface did not come yet. */
        PREFACE,
        OPEN,
        /** The client was told to open no more streams; those that it still opens are taken. */
        LEAVING,
        /** No more streams are taken. */
        LAST
    }

    private final Exchanges exchanges;
    private final Http2Connection.PropertyKey key;
    private final Deadline deadline;
    private final ArrayDeque<Http2Downstream> spare = new ArrayDeque<>();
    private final List<Http2Downstream> touched = new ArrayList<>();
    private final ByteBuf scratch = Unpooled.buffer(SCRATCH_BYTES);

    private Phase phase = Phase.PREFACE;
    private int lastStream;
    private int requests;

    Http2ClientLink(Exchanges exchanges) {
        super(
                exchanges.worker(),
                true,
                false,
                exchanges.settings().headLimits(),
                exchanges.settings().http2());
        this.exchanges = exchanges;
        key = connection().newKey();
        deadline = exchanges.worker().deadline(this::waitedTooLong);
        // The limit is ours to keep, before the client has heard of it, too.
        allowStreams();
        connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                closed(stream);
            }
        });
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        super.handlerAdded(ctx);
        openWindow();
        waitFor(exchanges.settings().headMillis());
    }

    private void waitFor(long millis) {
        deadline.set(worker().nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Netty's own limit is beyond ours: what it refuses, it forgets, and content for it would be a fault. */
    private void allowStreams() {
        connection().remote().maxActiveStreams(2 * limits().streamsMax());
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ctx) {
        allowStreams();
    }

    // What streams need.

    /** For the text of one head: empty, with an array. */
    ByteBuf scratch() {
        return scratch.clear();
    }

    ByteBuf buffer(int bytes) {
        return context().alloc().buffer(bytes);
    }

    // What comes.

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean endOfStream)
            throws Http2Exception {
        Http2Stream stream = connection().stream(streamId);
        Http2Downstream known = stream.getProperty(key);
        if (known != null) {
            if (!known.trailers(sink())) {
                malformed(stream);
            }
            touch(known);
            return;
        }
        if (phase == Phase.LAST || connection().remote().numActiveStreams() > limits().streamsMax()) {
            countReset();
            reset(stream, Http2Error.REFUSED_STREAM);
            return;
        }
        lastStream = streamId;
        Http2Downstream begun = spare.isEmpty() ? new Http2Downstream(this, exchanges) : spare.pop();
        stream.setProperty(key, begun);
        if (!begun.begin(stream, sink(), endOfStream)) {
            malformed(stream);
        }
        touch(begun);
        if (phase == Phase.OPEN && connection().numActiveStreams() == 1) {
            waitFor(exchanges.settings().keepAliveMillis());
        }
        if (++requests >= exchanges.settings().requestsMax()) {
            drain();
        }
    }

    /** RFC 9113 section 8.1.1. */
    private void malformed(Http2Stream stream) throws Http2Exception {
        countReset();
        reset(stream, Http2Error.PROTOCOL_ERROR);
    }

    private void touch(Http2Downstream stream) {
        if (stream.touch()) {
            touched.add(stream);
        }
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
            throws Http2Exception {
        Http2Stream stream = connection().stream(streamId);
        Http2Downstream known = stream.getProperty(key);
        int size = data.readableBytes();
        if (known == null) {
            return size + padding;
        }
        int taken = known.content(data, endOfStream);
        if (taken == Http2Downstream.MALFORMED) {
            malformed(stream);
            return size + padding;
        }
        touch(known);
        return taken + padding;
    }

    /** A request that is given up costs as much as one that is not; see {@link #countReset}. */
    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) throws Http2Exception {
        countReset();
    }

    @Override
    protected void readEnded() {
        for (int i = 0; i < touched.size(); i++) {
            touched.get(i).flushRequest();
        }
        touched.clear();
        if (phase == Phase.PREFACE && decoder().prefaceReceived()) {
            phase = Phase.OPEN;
            waitFor(exchanges.settings().keepAliveMillis());
        }
    }

    /** RFC 9113 section 10.5.1: a request with a head that is too large is answered. */
    @Override
    protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext ctx, Http2Stream stream) {
        Http2Downstream known = stream.getProperty(key);
        if (known == null) {
            Http2Downstream begun = new Http2Downstream(this, exchanges);
            stream.setProperty(key, begun);
            begun.beginTooLarge(stream);
            windows().writePendingBytes();
        }
    }

    private void closed(Http2Stream stream) {
        Http2Downstream known = stream.removeProperty(key);
        if (known == null) {
            return;
        }
        known.closed();
        if (spare.size() < SPARE_MAX && context().channel().isActive()) {
            spare.push(known);
        } else {
            known.release();
        }
        if (connection().numActiveStreams() == 0) {
            idle();
        }
    }

    // The end.

    private void idle() {
        if (phase == Phase.LAST) {
            closeAfterFlush();
        } else if (phase == Phase.OPEN) {
            waitFor(SPARE_MILLIS);
        }
    }

    /** Later, as it may be the last answer's being written that leads here. */
    private void closeAfterFlush() {
        worker().loop().execute(() -> {
            flush(context());
            context()
                    .writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(done -> context().close());
        });
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event == Drain.BEGUN) {
            drain();
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    /**
     * Ends when the requests under way are answered. In two steps, as RFC 9113 section 6.8 has it: requests that are on
     * their way when the client hears of it are answered, too.
     */
    private void drain() {
        if (phase == Phase.PREFACE || phase == Phase.OPEN) {
            phase = Phase.LEAVING;
            sayGoAway(STREAM_ID_MAX);
            waitFor(LAST_STREAMS_MILLIS);
        }
    }

    private void takeNoMore() {
        phase = Phase.LAST;
        sayGoAway(lastStream);
        if (connection().numActiveStreams() == 0) {
            closeAfterFlush();
        } else {
            waitFor(exchanges.settings().keepAliveMillis());
        }
    }

    private void waitedTooLong() {
        switch (phase) {
            case PREFACE -> context().close();
            case LEAVING -> takeNoMore();
            case OPEN, LAST -> {
                resetStalled();
                if (connection().numActiveStreams() > 0 || !spare.isEmpty()) {
                    releaseSpare();
                    waitFor(exchanges.settings().keepAliveMillis());
                } else if (phase == Phase.OPEN) {
                    takeNoMore();
                }
            }
        }
    }

    /** Exchanges have time limits of their own; an answer that is complete and not taken has none but this. */
    private void resetStalled() {
        List<Http2Stream> stalled = new ArrayList<>();
        try {
            connection().forEachActiveStream(stream -> {
                Http2Downstream known = stream.getProperty(key);
                if (known == null || known.isStalled()) {
                    stalled.add(stream);
                }
                return true;
            });
        } catch (Http2Exception e) {
            throw new IllegalStateException("looking at streams failed", e);
        }
        stalled.forEach(stream -> reset(stream, Http2Error.CANCEL));
    }

    private void releaseSpare() {
        while (!spare.isEmpty()) {
            spare.pop().release();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        deadline.end();
        releaseSpare();
    }
}
