package io.fairlead.ingress.upstream;

import io.fairlead.ingress.loop.Deadline;
import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.proxy.http2.Http2Link;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionPrefaceAndSettingsFrameWrittenEvent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection of HTTP/2 to a backend, which carries many requests at once, of many clients. So its window opens again
 * whatever becomes of the content: what one of them does not take is bounded by its stream's window, and stops nobody
 * else.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a connection that is closed.
final class Http2BackendLink extends Http2Link {

    /** Streams that are kept for the next requests; each has some KiB. */
    private static final int SPARE_MAX = 32;

    private static final int SCRATCH_BYTES = 1024;

    private final BackendPool pool;
    private final UpstreamSettings settings;
    private final boolean tls;
    private final Http2Connection.PropertyKey key;
    private final Deadline deadline;
    private final ArrayDeque<Http2Upstream> spare = new ArrayDeque<>();
    /** Who heard something since bytes began to come. */
    private final List<AnswerReceiver> heard = new ArrayList<>();

    private final ByteBuf scratch = Unpooled.buffer(SCRATCH_BYTES);

    /** Streams that somebody has, from the claim to the end. */
    private int claimed;
    /** Reads so far. */
    private int reads;

    private boolean leaving;
    private boolean broken;

    Http2BackendLink(Worker worker, BackendPool pool, UpstreamSettings settings) {
        super(worker, false, true, settings.headLimits(), settings.http2());
        this.pool = pool;
        this.settings = settings;
        tls = pool.backend().connection().protocol().tls();
        key = connection().newKey();
        deadline = worker.deadline(this::close);
        connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                closed(stream);
            }
        });
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof Http2ConnectionPrefaceAndSettingsFrameWrittenEvent) {
            openWindow();
        }
        super.userEventTriggered(ctx, event);
    }

    // Requests.

    /** It takes requests from now on. */
    void stands() {
        if (pool.backend().isGone()) {
            leave();
        } else {
            pool.http2().add(this);
        }
    }

    /** Hot path: whether it takes another request. */
    boolean hasRoom() {
        int streamsMax = Math.min(limits().streamsMax(), connection().local().maxActiveStreams());
        return !leaving && claimed < streamsMax;
    }

    /** Hot path: a stream for a request. */
    Http2Upstream claim(AnswerReceiver receiver) {
        Http2Upstream stream = spare.isEmpty() ? new Http2Upstream(this, settings.headLimits()) : spare.pop();
        claimed++;
        pool.began();
        deadline.clear();
        stream.claim(receiver);
        return stream;
    }

    boolean tls() {
        return tls;
    }

    int reads() {
        return reads;
    }

    /** Whether a request was answered before, so that the backend may have forgotten the connection. */
    boolean wasUsed() {
        return connection().local().lastStreamCreated() > 0 && reads > 0;
    }

    /** For the text of one head: empty, with an array. */
    ByteBuf scratch() {
        return scratch.clear();
    }

    /** @throws Http2Exception if the backend takes no more */
    Http2Stream open(Http2Upstream upstream) throws Http2Exception {
        Http2Stream stream =
                connection().local().createStream(connection().local().incrementAndGetNextStreamId(), false);
        stream.setProperty(key, upstream);
        return stream;
    }

    /** Tells somebody later, who is not prepared to hear it at once. */
    void later(Runnable task) {
        worker().loop().execute(task);
    }

    // Answers.

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean endOfStream)
            throws Http2Exception {
        Http2Stream stream = connection().stream(streamId);
        Http2Upstream known = stream.getProperty(key);
        if (known != null) {
            touch(known);
            known.headers(sink(), endOfStream);
        }
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream) {
        Http2Stream stream = connection().stream(streamId);
        Http2Upstream known = stream.getProperty(key);
        if (known == null) {
            return data.readableBytes() + padding;
        }
        touch(known);
        return known.content(data, endOfStream) + padding;
    }

    private void touch(Http2Upstream stream) {
        AnswerReceiver receiver = stream.touch();
        if (receiver != null) {
            heard.add(receiver);
        }
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
        Http2Stream stream = connection().stream(streamId);
        Http2Upstream known = stream.getProperty(key);
        if (known != null && errorCode == Http2Error.REFUSED_STREAM.code()) {
            known.refused();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        reads++;
        super.channelRead(ctx, message);
    }

    @Override
    protected void readEnded() {
        for (int i = 0; i < heard.size(); i++) {
            heard.get(i).onReadComplete();
        }
        heard.clear();
    }

    // The end.

    /** RFC 9113 section 6.8: what is beyond the number was not acted on. Its streams are closed by Netty after this. */
    @Override
    public void onGoAwayRead(ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData) {
        try {
            connection().forEachActiveStream(stream -> {
                Http2Upstream known = stream.getProperty(key);
                if (known != null && stream.id() > lastStreamId) {
                    known.refused();
                }
                return true;
            });
        } catch (Http2Exception e) {
            throw new IllegalStateException("looking at streams failed", e);
        }
        leave();
    }

    /** Takes no more requests; ends with those under way. */
    void leave() {
        leaving = true;
        pool.http2().remove(this);
        if (claimed == 0) {
            later(this::close);
        }
    }

    /** A stream is nobody's any longer. */
    void released(Http2Upstream stream) {
        claimed--;
        pool.ended();
        if (spare.size() < SPARE_MAX && !leaving) {
            spare.push(stream);
        }
        if (claimed == 0 && leaving) {
            later(this::close);
        } else if (claimed == 0) {
            deadline.set(worker().nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.idleMillis()));
        }
    }

    private void closed(Http2Stream stream) {
        @Nullable Http2Upstream known = stream.removeProperty(key);
        if (known != null) {
            known.closed();
        }
    }

    private void close() {
        leaving = true;
        pool.http2().remove(this);
        context().close();
    }

    /** Whether it ends because of what the backend sent. */
    boolean isBroken() {
        return broken;
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, @Nullable Http2Exception error) {
        broken = true;
        leaving = true;
        pool.http2().remove(this);
        super.onConnectionError(ctx, outbound, cause, error);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        leaving = true;
        pool.http2().remove(this);
        super.channelInactive(ctx);
        deadline.end();
        spare.clear();
    }
}
