package io.fairlead.ingress.upstream;

import io.fairlead.ingress.proxy.http1.HeadFields;
import io.netty.buffer.ByteBuf;

/**
 * A way to a backend that is one request's: a connection of HTTP/1.1, or a stream of HTTP/2. What is written goes out
 * with {@link #flush}.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
public interface Upstream {

    /** Hot path: sends a request's head; {@link #end} follows at once if its framing has no content. */
    void send(RequestForm request);

    /** Hot path: sends a piece of the content, and releases it. */
    void content(ByteBuf content);

    /** Whether {@link #chunks} may be called: the head said chunked, and framing goes on as it came. */
    boolean takesChunks();

    /** Hot path: sends a piece of chunked content with its framing, all of it but trailers, and releases it. */
    void chunks(ByteBuf chunks);

    /** Hot path: the request is complete. */
    void end(HeadFields trailers);

    void flush();

    /** Whether it takes content, or what is written would pile up. */
    boolean isWritable();

    /** Whether the answer is read; else it stays where it is, and the backend with it. */
    void reading(boolean wanted);

    /** The answer is not wanted any longer; the receiver hears nothing more of it. */
    void cancel();
}
