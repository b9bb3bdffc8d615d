package io.fairlead.ingress.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Lets streams send as far as the peer's windows (RFC 9113 section 5.2) and the channel allow, in turns of one frame
 * each, so that one that has much does not keep those that have little. Nothing is written before the connection is
 * flushed; by then most short answers are complete, and their end goes with their last frame.
 *
 * <p>Hot path: a stream that sends costs no object.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
public final class SendWindows implements Http2RemoteFlowController {

    private static final int INITIAL_WINDOW = 65_535;

    /** Windows that a peer opens, by however little, for each frame that it gets. */
    private static final int UPDATES_PER_FRAME = 2;

    private final Http2Connection connection;
    private final Http2Connection.PropertyKey key;
    private final Frames frames;
    private final Allowance idleFrames;
    private final int streamBytesMax;
    private final int connectionBytesMax;

    /** Streams that can send, in the order of their turns; heads of new streams stay in the order of their numbers. */
    private final ArrayDeque<SendStream> ready = new ArrayDeque<>();

    /** Streams that could if the connection's window were open. */
    private final ArrayDeque<SendStream> starved = new ArrayDeque<>();

    /** Streams whose owners wait. */
    private final ArrayDeque<SendStream> paused = new ArrayDeque<>();

    @Nullable
    private ChannelHandlerContext context;

    private long window = INITIAL_WINDOW;
    private int initialWindow = INITIAL_WINDOW;
    private int pendingBytes;
    private boolean writing;

    SendWindows(Http2Connection connection, Frames frames, Allowance idleFrames, Http2Limits limits) {
        this.connection = connection;
        this.frames = frames;
        this.idleFrames = idleFrames;
        key = connection.newKey();
        streamBytesMax = limits.streamWindowBytes();
        connectionBytesMax = limits.connectionWindowBytes();
    }

    // What owners do.

    /** A stream begins to send. */
    public void open(SendStream sender, Http2Stream stream) {
        sender.begin(stream, initialWindow);
        stream.setProperty(key, sender);
    }

    /** Hot path: the head is ready. */
    public void head(SendStream sender) {
        sender.headWaits = true;
        enqueue(sender);
    }

    /** Hot path: a piece of content follows; it is released. */
    public void content(SendStream sender, ByteBuf content) {
        int size = content.readableBytes();
        if (size == 0 || !sender.isOpen()) {
            content.release();
            return;
        }
        sender.add(content);
        pendingBytes += size;
        enqueue(sender);
    }

    /** Hot path: nothing follows but trailers, if there are any. */
    public void end(SendStream sender, boolean withTrailers) {
        if (sender.isOpen()) {
            sender.trailersWait = withTrailers;
            sender.ending = true;
            enqueue(sender);
        }
    }

    /** A head before the head goes out at once. */
    public void informational(SendStream sender, HeadBuffer block) {
        frames.headers(sender.stream().id(), block, false);
    }

    /** Hot path: whether more content would not pile up; if it would, the owner hears when that is over. */
    public boolean isWritable(SendStream sender) {
        boolean writable = hasRoom(sender);
        if (!writable && !sender.paused) {
            sender.paused = true;
            paused.add(sender);
        }
        return writable;
    }

    private boolean hasRoom(SendStream sender) {
        return sender.pendingBytes() < streamBytesMax && pendingBytes < connectionBytesMax;
    }

    /** The stream is closed; what waits is thrown away. */
    public void close(SendStream sender) {
        if (!sender.isOpen()) {
            return;
        }
        pendingBytes -= sender.pendingBytes();
        if (sender.queued) {
            ready.remove(sender);
            starved.remove(sender);
        }
        if (sender.paused) {
            paused.remove(sender);
        }
        sender.close();
    }

    /** The same of the stream with this number, if there is one. */
    void close(int streamId) {
        Http2Stream stream = connection.stream(streamId);
        SendStream sender = stream == null ? null : stream.getProperty(key);
        if (sender != null) {
            close(sender);
        }
    }

    private void enqueue(SendStream sender) {
        if (!sender.queued && canSend(sender)) {
            sender.queued = true;
            ready.add(sender);
        }
    }

    private static boolean canSend(SendStream sender) {
        return sender.headWaits || (sender.hasContent() ? sender.window > 0 : sender.ending);
    }

    // The turns.

    @Override
    public void writePendingBytes() {
        if (writing || context == null) {
            return;
        }
        writing = true;
        try {
            takeTurns(context.channel());
            frames.drain();
        } finally {
            writing = false;
        }
        resumePaused();
    }

    private void takeTurns(Channel channel) {
        while (channel.isWritable()) {
            SendStream next = ready.poll();
            if (next == null) {
                return;
            }
            next.queued = false;
            turn(next);
        }
    }

    /** Whether a flush would write anything. */
    boolean hasReady() {
        return !ready.isEmpty();
    }

    private void turn(SendStream sender) {
        int id = sender.stream().id();
        if (sender.headWaits) {
            boolean last = sender.ending && !sender.hasContent() && !sender.trailersWait;
            frames.headers(id, sender.head(), last);
            sender.headWaits = false;
            sender.stream().headersSent(false);
            if (last) {
                sent(sender);
                return;
            }
        }
        if (sender.hasContent()) {
            int size = (int) Math.min(Math.min(sender.window, window), Frames.PAYLOAD_MAX);
            if (size > 0) {
                content(sender, id, size);
            }
        } else if (sender.ending) {
            endWithoutContent(sender, id);
        }
        queueAgain(sender);
    }

    private void content(SendStream sender, int id, int max) {
        ByteBuf piece = sender.take(max);
        int size = piece.readableBytes();
        sender.window -= size;
        window -= size;
        pendingBytes -= size;
        idleFrames.giveBack(UPDATES_PER_FRAME);
        boolean last = sender.ending && !sender.hasContent() && !sender.trailersWait;
        frames.data(id, piece, last);
        if (last) {
            sent(sender);
        }
    }

    private void endWithoutContent(SendStream sender, int id) {
        if (sender.trailersWait) {
            frames.headers(id, sender.trailers(), true);
        } else {
            frames.end(id);
        }
        sent(sender);
    }

    private static void sent(SendStream sender) {
        sender.ending = false;
        sender.owner().onSent();
    }

    private void queueAgain(SendStream sender) {
        if (!sender.isOpen() || sender.queued || !canSend(sender)) {
            return;
        }
        sender.queued = true;
        if (sender.hasContent() && window <= 0) {
            starved.add(sender);
        } else {
            ready.add(sender);
        }
    }

    private void resumePaused() {
        for (int left = paused.size(); left > 0; left--) {
            SendStream sender = paused.remove();
            if (hasRoom(sender)) {
                sender.paused = false;
                sender.owner().onDrained();
            } else {
                paused.add(sender);
            }
        }
    }

    // What the peer says.

    @Override
    public void incrementWindowSize(Http2Stream stream, int delta) throws Http2Exception {
        if (stream.id() == 0) {
            window += delta;
            if (window > Integer.MAX_VALUE) {
                throw Http2Exception.connectionError(
                        Http2Error.FLOW_CONTROL_ERROR, "the connection's window overflows");
            }
            ready.addAll(starved);
            starved.clear();
            return;
        }
        SendStream sender = stream.getProperty(key);
        if (sender == null) {
            return;
        }
        sender.window += delta;
        if (sender.window > Integer.MAX_VALUE) {
            throw Http2Exception.streamError(stream.id(), Http2Error.FLOW_CONTROL_ERROR, "a stream's window overflows");
        }
        enqueue(sender);
    }

    @Override
    public void initialWindowSize(int newWindowSize) throws Http2Exception {
        int delta = newWindowSize - initialWindow;
        initialWindow = newWindowSize;
        connection.forEachActiveStream(stream -> {
            SendStream sender = stream.getProperty(key);
            if (sender != null) {
                sender.window += delta;
                if (sender.window > Integer.MAX_VALUE) {
                    throw Http2Exception.connectionError(Http2Error.FLOW_CONTROL_ERROR, "a stream's window overflows");
                }
                enqueue(sender);
            }
            return true;
        });
    }

    @Override
    public int initialWindowSize() {
        return initialWindow;
    }

    @Override
    public int windowSize(Http2Stream stream) {
        SendStream sender = stream.getProperty(key);
        return sender == null ? 0 : (int) sender.window;
    }

    // What else Netty's encoder asks of a flow controller. It never sends a stream's frames here.

    @Override
    public void channelHandlerContext(ChannelHandlerContext added) {
        context = added;
        frames.start(added);
    }

    @Override
    public @Nullable ChannelHandlerContext channelHandlerContext() {
        return context;
    }

    @Override
    public void addFlowControlled(Http2Stream stream, FlowControlled payload) {
        throw new UnsupportedOperationException("streams send through their SendStream");
    }

    @Override
    public boolean hasFlowControlled(Http2Stream stream) {
        return false;
    }

    @Override
    public void listener(Listener listener) {
        throw new UnsupportedOperationException("owners of streams are told");
    }

    @Override
    public boolean isWritable(Http2Stream stream) {
        SendStream sender = stream.getProperty(key);
        return sender != null && hasRoom(sender);
    }

    @Override
    public void channelWritabilityChanged() {}

    /** Priorities are gone from RFC 9113 (section 5.3). */
    @Override
    public void updateDependencyTree(int childStreamId, int parentStreamId, short weight, boolean exclusive) {}
}
