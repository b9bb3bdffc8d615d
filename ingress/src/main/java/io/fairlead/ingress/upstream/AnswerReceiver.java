package io.fairlead.ingress.upstream;

import io.fairlead.ingress.proxy.http1.HeadFields;
import io.fairlead.ingress.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;

/**
 * Who asked a backend. First {@link #onUpstream} or {@link #onBroken}; then any number of {@link #onInformational}, one
 * {@link #onHead}, content, and {@link #onEnd}; {@link #onBroken} may come at any time instead, and is the last.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
public interface AnswerReceiver {

    /** There is a connection. The receiver sends its request over it. */
    void onUpstream(Upstream upstream);

    /** An answer before the answer (1xx). The head is valid during the call. */
    void onInformational(ResponseHead head);

    /** The answer's head, valid until the answer ends. After a 101 with Upgrade, content is what the protocol sends. */
    void onHead(ResponseHead head);

    /** Whether content of a chunked answer may come with its framing. */
    boolean takesChunks();

    /** Hot path: a piece of the content, which the receiver releases. */
    void onContent(ByteBuf content);

    /** Hot path: a piece of a chunked answer with its framing, all of it but trailers; the receiver releases it. */
    void onChunks(ByteBuf chunks);

    /**
     * The answer is complete; the upstream is not the receiver's any longer.
     *
     * @param trailers valid during the call; {@link HeadFields#NONE} if there are none
     */
    void onEnd(HeadFields trailers);

    /** No answer, or no more of it; the upstream is not the receiver's any longer. */
    void onBroken(UpstreamFault fault);

    /** What came at once is over: time to flush. */
    void onReadComplete();

    /** The connection takes content again. */
    void onWritable();
}
