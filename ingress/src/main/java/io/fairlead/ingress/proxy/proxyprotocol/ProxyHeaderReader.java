package io.fairlead.ingress.proxy.proxyprotocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Takes the header off a connection, says who the client is, and leaves the connection's pipeline.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a connection that is closed.
public final class ProxyHeaderReader extends ByteToMessageDecoder {

    private static final System.Logger LOG = System.getLogger(ProxyHeaderReader.class.getName());

    /** Who is told of the client. Called once, on the connection's thread, before any of its own bytes. */
    public interface Listener {

        /**
         * @param source the client
         * @param destination what it connected to
         */
        void client(ChannelHandlerContext context, InetSocketAddress source, InetSocketAddress destination);
    }

    private final Listener listener;
    private final InetSocketAddress peer;
    private final InetSocketAddress local;

    /**
     * @param peer address of the connection's other end, which counts if the header names no client
     * @param local address of this end
     */
    public ProxyHeaderReader(Listener listener, InetSocketAddress peer, InetSocketAddress local) {
        this.listener = listener;
        this.peer = peer;
        this.local = local;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        switch (ProxyHeader.read(in)) {
            case ProxyHeader.Incomplete ignored -> {}
            case ProxyHeader.Refused refused -> {
                LOG.log(System.Logger.Level.DEBUG, "connection of {0} is closed: {1}", peer, refused.reason());
                in.skipBytes(in.readableBytes());
                context.close();
            }
            case ProxyHeader.Local itself -> done(context, in, itself.bytes(), peer, local);
            case ProxyHeader.Proxied client -> done(context, in, client.bytes(), client.source(), client.destination());
        }
    }

    private void done(
            ChannelHandlerContext context,
            ByteBuf in,
            int bytes,
            InetSocketAddress source,
            InetSocketAddress destination) {
        in.skipBytes(bytes);
        listener.client(context, source, destination);
        context.pipeline().remove(this);
    }
}
