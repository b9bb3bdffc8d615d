package io.fairlead.ingress.upstream;

import io.fairlead.ingress.proxy.http1.Framing;
import io.fairlead.ingress.proxy.http1.RequestMethod;
import io.netty.buffer.ByteBuf;

/**
 * A request that is about to be sent, perhaps more than once.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
public interface RequestForm {

    RequestMethod method();

    /** Whether content follows, and how its end is known. */
    Framing framing();

    /** Whether whoever asked wants trailers (RFC 9110 section 10.1.4); gRPC does not answer others. */
    boolean acceptsTrailers();

    /** Hot path: writes the whole head as HTTP/1.1, its framing and the empty line included. */
    void write(ByteBuf out);
}
