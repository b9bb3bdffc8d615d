package io.fairlead.ingress.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.function.Consumer;

/**
 * Waits behind the handler of TLS for the end of the handshake, and gives its place to what speaks HTTP.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a connection that is closed.
final class TlsHandshake extends ChannelInboundHandlerAdapter {

    private static final System.Logger LOG = System.getLogger(TlsHandshake.class.getName());

    private final Consumer<Channel> speak;
    private boolean draining;

    /** @param speak puts the handlers of HTTP at the end of the pipeline */
    TlsHandshake(Consumer<Channel> speak) {
        this.speak = speak;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == Drain.BEGUN) {
            draining = true;
        } else if (event instanceof SslHandshakeCompletionEvent done) {
            if (done.isSuccess()) {
                speak.accept(context.channel());
                if (draining) {
                    context.fireUserEventTriggered(Drain.BEGUN);
                }
                context.pipeline().remove(this);
            } else {
                LOG.log(
                        System.Logger.Level.DEBUG,
                        "handshake of {0} failed: {1}",
                        context.channel().remoteAddress(),
                        done.cause().getMessage());
                context.close();
            }
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    /** The handler of TLS has said all there is to say. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
