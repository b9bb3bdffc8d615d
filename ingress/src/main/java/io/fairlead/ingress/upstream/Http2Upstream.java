package io.fairlead.ingress.upstream;

import io.fairlead.ingress.proxy.http1.ForwardedHead;
import io.fairlead.ingress.proxy.http1.HeadFields;
import io.fairlead.ingress.proxy.http1.HeadLimits;
import io.fairlead.ingress.proxy.http1.Progress;
import io.fairlead.ingress.proxy.http1.RequestMethod;
import io.fairlead.ingress.proxy.http1.ResponseHead;
import io.fairlead.ingress.proxy.http1.Trailers;
import io.fairlead.ingress.proxy.http2.FieldEncoder;
import io.fairlead.ingress.proxy.http2.FieldSink;
import io.fairlead.ingress.proxy.http2.HeadBuffer;
import io.fairlead.ingress.proxy.http2.SendStream;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import org.jspecify.annotations.Nullable;

/**
 * A stream of HTTP/2 to a backend: one request. Heads are made of, and into, the text of HTTP/1.1. Content that the
 * client does not take passes nevertheless, but its window stays closed. One is reused for many streams of a connection.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
final class Http2Upstream implements Upstream, SendStream.Owner {

    private static final int CR_LF = '\r' << 8 | '\n';
    private static final long ANY_LENGTH = -1;

    /** A backend that sends more answers before the answer than this is not waiting for anybody. */
    private static final int INFORMATIONAL_MAX = 16;

    private static final int SWITCHING_PROTOCOLS = 101;

    private final Http2BackendLink link;
    private final ResponseHead head;
    private final SendStream sender = new SendStream(this);
    private final HeadBuffer text = new HeadBuffer();
    private final HeadBuffer trailerText = new HeadBuffer();
    private final Trailers trailers = new Trailers();

    @Nullable
    private AnswerReceiver receiver;

    private RequestMethod method = RequestMethod.OTHER;
    private boolean answering;
    private boolean reading;
    private boolean requestSent;
    private boolean refused;
    private boolean stale;
    private int informational;
    private int readsBefore;
    private int touchedAt;
    /** Bytes whose window is not given back, as the client does not take them. */
    private int withheld;

    private long left;

    Http2Upstream(Http2BackendLink link, HeadLimits limits) {
        this.link = link;
        head = new ResponseHead(limits);
    }

    void claim(AnswerReceiver by) {
        receiver = by;
        answering = false;
        reading = true;
        requestSent = false;
        refused = false;
        informational = 0;
        withheld = 0;
        left = ANY_LENGTH;
        stale = link.wasUsed();
        touchedAt = -1;
        readsBefore = link.reads();
    }

    // The request.

    @Override
    public void send(RequestForm request) {
        method = request.method();
        ByteBuf out = link.scratch();
        request.write(out);
        sender.head().clear();
        FieldEncoder.request(out.array(), out.writerIndex(), link.tls(), request.acceptsTrailers(), sender.head());
        try {
            link.windows().open(sender, link.open(this));
            link.windows().head(sender);
        } catch (Http2Exception takesNoMore) {
            refused = true;
            link.leave();
            link.later(this::closed);
        }
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
    public void chunks(ByteBuf framed) {
        throw new IllegalStateException("HTTP/2 has no chunks");
    }

    @Override
    public void end(HeadFields fields) {
        HeadBuffer block = sender.trailers();
        block.clear();
        if (fields.count() > 0) {
            ByteBuf out = link.scratch();
            ForwardedHead.fields(out, fields, 0);
            out.writeShort(CR_LF);
            FieldEncoder.lines(out.array(), 0, out.writerIndex(), block);
        }
        link.windows().end(sender, block.length() > 0);
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
        if (receiver != null) {
            receiver.onWritable();
        }
    }

    @Override
    public void onSent() {
        requestSent = true;
        link.closeLocal(sender.stream());
    }

    // The answer.

    @Override
    public void reading(boolean wanted) {
        reading = wanted;
        if (wanted && withheld > 0 && sender.isOpen()) {
            int taken = withheld;
            withheld = 0;
            link.consumed(sender.stream(), taken);
        }
    }

    /** Who hears something for the first time since bytes began to come, if anybody does. */
    @Nullable
    AnswerReceiver touch() {
        boolean again = touchedAt == link.reads();
        touchedAt = link.reads();
        return again ? null : receiver;
    }

    /** A block came: a head, or trailers. */
    void headers(FieldSink block, boolean ended) {
        if (receiver == null) {
            return;
        }
        if (answering) {
            trailers(block);
            return;
        }
        text.clear();
        head.begin(0, method);
        if (!block.writeAnswer(text) || head.scan(text.bytes(), text.length()) != Progress.COMPLETE) {
            broken(UpstreamFault.BAD_ANSWER);
        } else if (head.informational()) {
            informational(ended);
        } else {
            answer(ended);
        }
    }

    private void informational(boolean ended) {
        if (ended || ++informational > INFORMATIONAL_MAX) {
            broken(UpstreamFault.BAD_ANSWER);
        } else {
            receiver().onInformational(head);
        }
    }

    private void answer(boolean ended) {
        left = switch (head.framing()) {
            case NONE -> 0;
            case LENGTH -> head.fields().contentLength();
            case CHUNKED, UNTIL_CLOSE -> ANY_LENGTH;
        };
        if (head.status() == SWITCHING_PROTOCOLS || ended && left > 0) {
            broken(UpstreamFault.BAD_ANSWER);
            return;
        }
        answering = true;
        receiver().onHead(head);
        if (ended) {
            ended(HeadFields.NONE);
        }
    }

    private AnswerReceiver receiver() {
        if (receiver == null) {
            throw new IllegalStateException("nobody waits for an answer");
        }
        return receiver;
    }

    /**
     * Hot path: a piece of content came, and is released by the caller.
     *
     * @return bytes whose window opens again at once
     */
    int content(ByteBuf content, boolean ended) {
        int size = content.readableBytes();
        if (receiver == null) {
            return size;
        }
        if (!answering || exceeds(size, ended)) {
            broken(UpstreamFault.BAD_ANSWER);
            return size;
        }
        if (size > 0) {
            receiver.onContent(content.readRetainedSlice(size));
        }
        if (ended) {
            ended(HeadFields.NONE);
        }
        if (reading) {
            return size;
        }
        withheld += size;
        return 0;
    }

    /** Whether the content is not as long as the head said. */
    private boolean exceeds(int size, boolean ended) {
        if (left == ANY_LENGTH) {
            return false;
        }
        long before = left;
        left = Math.max(0, before - size);
        return size > before || ended && size < before;
    }

    private void trailers(FieldSink block) {
        trailerText.clear();
        boolean accepted = left <= 0 && block.writeTrailers(trailerText);
        boolean some = trailerText.length() > 0;
        if (accepted && some) {
            trailers.begin();
            accepted = trailers.scan(trailerText.bytes(), trailerText.length()) == Progress.COMPLETE;
        }
        if (accepted) {
            ended(some ? trailers.fields() : HeadFields.NONE);
        } else {
            broken(UpstreamFault.BAD_ANSWER);
        }
    }

    /** The backend said all; a request that is not sent by then will not be. */
    private void ended(HeadFields fields) {
        AnswerReceiver asked = receiver;
        receiver = null;
        link.answered();
        if (asked != null) {
            if (!requestSent) {
                link.reset(sender.stream(), Http2Error.CANCEL);
            }
            asked.onEnd(fields);
        }
    }

    // The end.

    /** The backend says that it did not begin to act on the request; that the stream is closed follows. */
    void refused() {
        refused = true;
    }

    private void broken(UpstreamFault fault) {
        AnswerReceiver asked = receiver;
        receiver = null;
        link.reset(sender.stream(), Http2Error.PROTOCOL_ERROR);
        if (asked != null) {
            asked.onBroken(fault);
        }
    }

    @Override
    public void cancel() {
        receiver = null;
        if (sender.isOpen()) {
            link.reset(sender.stream(), Http2Error.CANCEL);
        }
    }

    /** The stream is closed, in whatever way. */
    void closed() {
        link.windows().close(sender);
        AnswerReceiver asked = receiver;
        receiver = null;
        UpstreamFault fault = fault();
        link.released(this);
        if (asked != null) {
            asked.onBroken(fault);
        }
    }

    private UpstreamFault fault() {
        if (refused) {
            return UpstreamFault.REFUSED;
        }
        if (answering) {
            return UpstreamFault.CUT_OFF;
        }
        if (link.isBroken()) {
            return UpstreamFault.BAD_ANSWER;
        }
        return stale && link.reads() == readsBefore ? UpstreamFault.STALE : UpstreamFault.NO_ANSWER;
    }
}
