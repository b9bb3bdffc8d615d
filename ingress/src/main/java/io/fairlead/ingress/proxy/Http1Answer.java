package io.fairlead.ingress.proxy;

import io.fairlead.ingress.proxy.http1.ChunkFrames;
import io.fairlead.ingress.proxy.http1.FieldLine;
import io.fairlead.ingress.proxy.http1.ForwardedHead;
import io.fairlead.ingress.proxy.http1.Framing;
import io.fairlead.ingress.proxy.http1.HeadFields;
import io.fairlead.ingress.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes answers in HTTP/1.1 (RFC 9112 sections 4, 6 and 7). A head waits for the first content, with which it may go out
 * in one buffer, until {@link #writeHead}.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails is an exception of the connection.
final class Http1Answer {

    private static final FieldLine KEEP_ALIVE = FieldLine.of("Connection", "keep-alive");
    private static final int FIRST_HEAD_BYTES = 1024;
    private static final int CR_LF = '\r' << 8 | '\n';

    /** Content up to this size is copied behind its head: one buffer costs less than two. */
    private static final int COPIED_MAX = 4096;

    private final ChannelHandlerContext context;

    @Nullable
    private ByteBuf head;

    private boolean chunked;
    private boolean passedChunks;

    Http1Answer(ChannelHandlerContext context) {
        this.context = context;
    }

    /** Whether only the end of the connection will tell a client of this version where the answer ends. */
    static boolean endsWithConnection(ResponseHead answer, boolean http11) {
        return !http11 && (answer.framing() == Framing.CHUNKED || answer.framing() == Framing.UNTIL_CLOSE);
    }

    private void write(ByteBuf out) {
        writeHead();
        context.write(out, context.voidPromise());
    }

    /** Hot path: the head waits no longer. */
    void writeHead() {
        ByteBuf waiting = head;
        if (waiting != null) {
            head = null;
            context.write(waiting, context.voidPromise());
        }
    }

    void informational(ResponseHead answer) {
        ByteBuf out = context.alloc().buffer(FIRST_HEAD_BYTES);
        ForwardedHead.response(out, answer);
        ForwardedHead.fields(out, answer.fields(), 0);
        out.writeShort(CR_LF);
        write(out);
    }

    /** A head behind which another protocol than HTTP is spoken. */
    void tunnel(Exchange exchange, ResponseHead answer) {
        writeHead();
        chunked = false;
        ByteBuf out = context.alloc().buffer(FIRST_HEAD_BYTES);
        exchange.writeAnswer(out, answer);
        out.writeShort(CR_LF);
        head = out;
    }

    /**
     * Hot path.
     *
     * @param http11 whether the client speaks it, and not HTTP/1.0
     * @param closing whether the connection ends with this answer
     */
    void head(Exchange exchange, ResponseHead answer, boolean http11, boolean closing) {
        chunked = http11 && (answer.framing() == Framing.CHUNKED || answer.framing() == Framing.UNTIL_CLOSE);
        passedChunks = false;
        // The whole answer before may wait in the buffer of its head, if this one came with the same reads.
        writeHead();
        ByteBuf out = context.alloc().buffer(FIRST_HEAD_BYTES + COPIED_MAX);
        exchange.writeAnswer(out, answer);
        connection(out, http11, closing);
        if (answer.framing() == Framing.UNTIL_CLOSE && chunked) {
            ForwardedHead.line(out, FieldLine.CHUNKED);
        }
        if (answer.fields().chunked() && !http11) {
            out.writeShort(CR_LF);
        } else {
            ForwardedHead.end(out, answer.fields());
        }
        head = out;
    }

    private static void connection(ByteBuf out, boolean http11, boolean closing) {
        if (closing) {
            ForwardedHead.line(out, FieldLine.CLOSE);
        } else if (!http11) {
            ForwardedHead.line(out, KEEP_ALIVE);
        }
    }

    /** Whether the answer goes out in chunks. */
    boolean takesChunks() {
        return chunked;
    }

    /** Hot path: content without framing; released here. */
    void content(ByteBuf content) {
        if (chunked) {
            writeHead();
            ChunkFrames.write(context, content);
        } else {
            pass(content);
        }
    }

    /** Hot path: content with its framing; released here. */
    void chunks(ByteBuf chunks) {
        passedChunks = true;
        pass(chunks);
    }

    private void pass(ByteBuf content) {
        if (head != null && content.readableBytes() <= head.writableBytes()) {
            head.writeBytes(content);
            content.release();
        } else {
            write(content);
        }
    }

    /** Hot path: what an answer in chunks ends with, unless it came with them. */
    void end(HeadFields trailers) {
        if (chunked && (!passedChunks || trailers.count() > 0)) {
            ByteBuf out = context.alloc().buffer(FIRST_HEAD_BYTES);
            if (passedChunks) {
                ChunkFrames.trailers(out, trailers);
            } else {
                ChunkFrames.last(out, trailers);
            }
            write(out);
        }
    }

    /** A whole answer of the proxy's own. */
    void reply(Reply reply, byte[] lines, boolean http11, boolean closing, boolean withContent) {
        ByteBuf out = context.alloc().buffer(FIRST_HEAD_BYTES);
        reply.writeHead(out);
        out.writeBytes(lines);
        connection(out, http11, closing);
        out.writeShort(CR_LF);
        if (withContent) {
            reply.writeBody(out);
        }
        write(out);
    }

    /** A head that waits is not sent. */
    void release() {
        if (head != null) {
            head.release();
            head = null;
        }
    }
}
