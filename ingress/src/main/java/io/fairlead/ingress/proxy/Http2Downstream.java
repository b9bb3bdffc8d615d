package io.fairlead.ingress.proxy;

import io.fairlead.ingress.proxy.http1.ForwardedHead;
import io.fairlead.ingress.proxy.http1.Framing;
import io.fairlead.ingress.proxy.http1.HeadFault;
import io.fairlead.ingress.proxy.http1.HeadFields;
import io.fairlead.ingress.proxy.http1.Progress;
import io.fairlead.ingress.proxy.http1.RequestHead;
import io.fairlead.ingress.proxy.http1.RequestMethod;
import io.fairlead.ingress.proxy.http1.ResponseHead;
import io.fairlead.ingress.proxy.http1.Trailers;
import io.fairlead.ingress.proxy.http2.FieldEncoder;
import io.fairlead.ingress.proxy.http2.FieldSink;
import io.fairlead.ingress.proxy.http2.HeadBuffer;
import io.fairlead.ingress.proxy.http2.SendStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import java.nio.charset.StandardCharsets;

/**
 * A client's stream of HTTP/2. Its head is made into the text of HTTP/1.1, so that all that follows is the same as for a
 * connection of that; content that cannot be taken yet is kept, up to the stream's window. One is reused for many streams
 * of a connection.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
final class Http2Downstream implements Downstream, SendStream.Owner {

    private static final byte[] PROTOCOL = "HTTP/2.0".getBytes(StandardCharsets.US_ASCII);
    private static final int CR_LF = '\r' << 8 | '\n';
    private static final long ANY_LENGTH = -1;

    /** Content that is not what the head announced. */
    static final int MALFORMED = -1;

    private static final int NEVER_LOOKED = -1;

    private final Http2ClientLink link;
    private final RequestHead head;
    private final Exchange exchange;
    private final SendStream sender = new SendStream(this);
    private final HeadBuffer text = new HeadBuffer();
    private final HeadBuffer trailerText = new HeadBuffer();
    private final Trailers trailers = new Trailers();

    /** Content that came and could not be taken yet. */
    private ByteBuf held = Unpooled.EMPTY_BUFFER;

    /** Bytes whose window is not given back yet, padding not counted. */
    private int unconsumed;

    /** Whether the request's end came, and could not be told yet. */
    private boolean endHeld;

    private boolean hasTrailers;
    /** Whether nothing of the request is wanted any longer. */
    private boolean answered;

    private boolean headOnly;
    /** Whether something of the request is to be flushed. */
    private boolean touched;

    private long left;
    private long contentBytes;
    private int pendingSeen;

    Http2Downstream(Http2ClientLink link, Exchanges exchanges) {
        this.link = link;
        head = new RequestHead(exchanges.settings().headLimits());
        exchange = exchanges.begin(this);
    }

    // What comes.

    /**
     * The stream's first block came.
     *
     * @return whether it is the head of a request
     */
    boolean begin(Http2Stream stream, FieldSink block, boolean ended) {
        open(stream);
        if (!block.writeRequest(text, ended)) {
            return false;
        }
        head.begin(0, false);
        if (head.scan(text.bytes(), text.length()) != Progress.COMPLETE) {
            refuse(head.fault());
            return true;
        }
        headOnly = head.method() == RequestMethod.HEAD;
        if (head.framing() == Framing.LENGTH) {
            left = head.fields().contentLength();
        }
        if (ended && left > 0) {
            return false;
        }
        exchange.begin(head);
        return true;
    }

    /** The stream's first block was too large to be read. */
    void beginTooLarge(Http2Stream stream) {
        open(stream);
        refuse(HeadFault.HEAD_TOO_LARGE);
    }

    private void refuse(HeadFault fault) {
        exchange.refuse(head, Replies.of(fault));
    }

    private void open(Http2Stream stream) {
        link.windows().open(sender, stream);
        unconsumed = 0;
        endHeld = false;
        hasTrailers = false;
        answered = false;
        headOnly = false;
        touched = false;
        left = ANY_LENGTH;
        contentBytes = 0;
        pendingSeen = NEVER_LOOKED;
        text.clear();
    }

    /**
     * Hot path: a piece of content came, and is released by the caller.
     *
     * @return how much of it is taken; {@link #MALFORMED} if it is not what the head announced
     */
    int content(ByteBuf content, boolean ended) {
        int size = content.readableBytes();
        contentBytes += size;
        if (left != ANY_LENGTH) {
            left -= size;
            if (left < 0 || ended && left > 0) {
                return MALFORMED;
            }
        }
        if (answered) {
            return size;
        }
        if (exchange.exceeds(contentBytes)) {
            exchange.refuseContent(Replies.TOO_LARGE);
            return size;
        }
        if (!held.isReadable() && exchange.takesContent()) {
            if (size > 0) {
                exchange.content(content.readRetainedSlice(size));
            }
            if (ended) {
                tellEnd(HeadFields.NONE);
            }
            return size;
        }
        hold(content);
        endHeld = ended;
        unconsumed += size;
        return 0;
    }

    private void tellEnd(HeadFields fields) {
        if (!exchange.isRequestEnded()) {
            exchange.requestEnd(fields);
        }
    }

    /** Copied, as a small piece would keep the whole buffer in which it came. */
    private void hold(ByteBuf content) {
        if (!held.isReadable()) {
            held.release();
            held = link.buffer(content.readableBytes());
        }
        held.writeBytes(content);
    }

    /**
     * The block behind the content came.
     *
     * @return whether it is one of trailers, in the right place
     */
    boolean trailers(FieldSink block) {
        trailerText.clear();
        if (left > 0 || !block.writeTrailers(trailerText)) {
            return false;
        }
        hasTrailers = trailerText.length() > 0;
        if (hasTrailers) {
            trailers.begin();
            if (trailers.scan(trailerText.bytes(), trailerText.length()) != Progress.COMPLETE) {
                return false;
            }
        }
        endHeld = !answered;
        resume();
        return true;
    }

    @Override
    public void resume() {
        if (held.isReadable() && exchange.takesContent()) {
            ByteBuf all = held;
            held = Unpooled.EMPTY_BUFFER;
            exchange.content(all);
            int taken = unconsumed;
            unconsumed = 0;
            link.consumed(sender.stream(), taken);
        }
        if (endHeld && !held.isReadable() && exchange.takesContent()) {
            endHeld = false;
            tellEnd(hasTrailers ? trailers.fields() : HeadFields.NONE);
        }
    }

    /** Whether it was not touched since the last {@link #flushRequest}. */
    boolean touch() {
        boolean first = !touched;
        touched = true;
        return first;
    }

    void flushRequest() {
        touched = false;
        exchange.flushRequest();
    }

    // The answer.

    @Override
    public byte[] protocol() {
        return PROTOCOL;
    }

    @Override
    public void informational(ResponseHead answer) {
        ByteBuf out = link.scratch();
        ForwardedHead.response(out, answer);
        ForwardedHead.fields(out, answer.fields(), 0);
        out.writeShort(CR_LF);
        HeadBuffer block = sender.trailers();
        block.clear();
        FieldEncoder.answer(out.array(), out.writerIndex(), block);
        link.windows().informational(sender, block);
    }

    @Override
    public void head(ResponseHead answer) {
        ByteBuf out = link.scratch();
        exchange.writeAnswer(out, answer);
        ForwardedHead.end(out, answer.fields());
        sendHead(out);
    }

    private void sendHead(ByteBuf out) {
        sender.head().clear();
        FieldEncoder.answer(out.array(), out.writerIndex(), sender.head());
        link.windows().head(sender);
    }

    @Override
    public boolean takesChunks() {
        return false;
    }

    @Override
    public void content(ByteBuf content) {
        link.windows().content(sender, content);
    }

    @Override
    public void chunks(ByteBuf content) {
        throw new IllegalStateException("HTTP/2 has no chunks");
    }

    @Override
    public void end(HeadFields fields) {
        answered = true;
        HeadBuffer block = sender.trailers();
        block.clear();
        if (fields.count() > 0) {
            ByteBuf out = link.scratch();
            ForwardedHead.fields(out, fields, 0);
            out.writeShort(CR_LF);
            FieldEncoder.lines(out.array(), 0, out.writerIndex(), block);
        }
        link.windows().end(sender, block.length() > 0);
        discard();
    }

    @Override
    public void reply(Reply reply, byte[] lines) {
        ByteBuf out = link.scratch();
        reply.writeHead(out);
        out.writeBytes(lines).writeShort(CR_LF);
        sendHead(out);
        if (!headOnly) {
            ByteBuf body = link.buffer(reply.bodyBytes());
            reply.writeBody(body);
            link.windows().content(sender, body);
        }
        end(HeadFields.NONE);
    }

    @Override
    public void abort() {
        link.reset(sender.stream(), Http2Error.INTERNAL_ERROR);
    }

    @Override
    public void flush() {
        link.flushSoon();
    }

    @Override
    public boolean isWritable() {
        return link.windows().isWritable(sender);
    }

    @Override
    public void onDrained() {
        exchange.resumeAnswer();
    }

    /** RFC 9113 section 8.1: a client that still sends is told, without an error, that nobody needs it. */
    @Override
    public void onSent() {
        Http2Stream stream = sender.stream();
        link.answered();
        link.closeLocal(stream);
        if (sender.isOpen()) {
            link.reset(stream, Http2Error.NO_ERROR);
        }
    }

    /** Content that is kept for nobody. */
    private void discard() {
        endHeld = false;
        held.release();
        held = Unpooled.EMPTY_BUFFER;
        if (unconsumed > 0) {
            int taken = unconsumed;
            unconsumed = 0;
            link.consumed(sender.stream(), taken);
        }
    }

    // The end.

    /** Whether the answer is complete, and nothing of it went to the client since this was asked last. */
    boolean isStalled() {
        boolean stalled = answered && sender.pendingBytes() == pendingSeen;
        pendingSeen = sender.pendingBytes();
        return stalled;
    }

    /** The stream is closed, in whatever way. */
    void closed() {
        exchange.cancel();
        link.windows().close(sender);
        held.release();
        held = Unpooled.EMPTY_BUFFER;
        unconsumed = 0;
    }

    /** It is not used again. */
    void release() {
        exchange.close();
    }
}
