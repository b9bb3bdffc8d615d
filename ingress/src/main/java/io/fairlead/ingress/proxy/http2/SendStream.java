package io.fairlead.ingress.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What one stream sends: a head, content, perhaps trailers. It waits here until {@link SendWindows} lets it go.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
public final class SendStream {

    /** Whose stream it is. */
    public interface Owner {

        /** All was sent, its end included. */
        void onSent();

        /** {@link SendWindows#isWritable} holds again, after it did not. */
        void onDrained();
    }

    private final Owner owner;
    private final HeadBuffer head = new HeadBuffer();
    private final HeadBuffer trailers = new HeadBuffer();
    private final ArrayDeque<ByteBuf> content = new ArrayDeque<>();

    @Nullable
    private Http2Stream stream;

    long window;
    private int pendingBytes;
    boolean headWaits;
    boolean trailersWait;
    boolean ending;
    /** Whether it stands in one of the windows' queues. */
    boolean queued;

    boolean paused;

    public SendStream(Owner owner) {
        this.owner = owner;
    }

    Owner owner() {
        return owner;
    }

    void begin(Http2Stream opened, int initialWindow) {
        stream = opened;
        window = initialWindow;
        pendingBytes = 0;
        headWaits = false;
        trailersWait = false;
        ending = false;
        queued = false;
        paused = false;
    }

    /** The stream; there must be one. */
    public Http2Stream stream() {
        if (stream == null) {
            throw new IllegalStateException("the stream is closed");
        }
        return stream;
    }

    public boolean isOpen() {
        return stream != null;
    }

    void close() {
        stream = null;
        while (!content.isEmpty()) {
            content.remove().release();
        }
    }

    /** The block of the head, to be written before {@link SendWindows#head}. */
    public HeadBuffer head() {
        return head;
    }

    /** The block of the trailers, to be written before {@link SendWindows#end}. */
    public HeadBuffer trailers() {
        return trailers;
    }

    void add(ByteBuf piece) {
        content.add(piece);
        pendingBytes += piece.readableBytes();
    }

    /** Takes content of this size at most off; there must be some. */
    ByteBuf take(int max) {
        ByteBuf first = content.element();
        int size = first.readableBytes();
        if (size > max) {
            pendingBytes -= max;
            return first.readRetainedSlice(max);
        }
        pendingBytes -= size;
        return content.remove();
    }

    /** Bytes of content that wait. */
    public int pendingBytes() {
        return pendingBytes;
    }

    boolean hasContent() {
        return pendingBytes > 0;
    }
}
