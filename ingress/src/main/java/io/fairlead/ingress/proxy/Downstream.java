package io.fairlead.ingress.proxy;

import io.fairlead.ingress.proxy.http1.HeadFields;
import io.fairlead.ingress.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;

/**
 * The client's side of an exchange: a connection of HTTP/1.1, or a stream of HTTP/2. What is written goes out with
 * {@link #flush}.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
interface Downstream {

    /** The version of HTTP that the request under way came in, as logs have it. Not to be written to. */
    byte[] protocol();

    /** An answer before the answer (1xx). */
    void informational(ResponseHead head);

    /** Hot path: the answer's head; {@link Exchange#writeAnswer} writes what all versions of HTTP share. */
    void head(ResponseHead head);

    /** Whether {@link #chunks} may be called for the answer whose head was given. */
    boolean takesChunks();

    /** Hot path: a piece of the answer's content, which is released here. */
    void content(ByteBuf content);

    /** Hot path: a piece of a chunked answer with its framing, all of it but trailers; released here. */
    void chunks(ByteBuf chunks);

    /** Hot path: the answer is complete. */
    void end(HeadFields trailers);

    /**
     * Answers instead of a backend; no head was given before.
     *
     * @param lines further field lines, each with its CR LF
     */
    void reply(Reply reply, byte[] lines);

    /** The answer was begun and cannot be completed: the client must be able to tell. */
    void abort();

    void flush();

    /** Whether it takes content, or what is written would pile up. */
    boolean isWritable();

    /** The exchange takes content of the request: {@link Exchange#takesContent} said no before. */
    void resume();
}
