package io.fairlead.ingress.tls;

import io.fairlead.ingress.tls.hello.HelloFault;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;

/**
 * Is told what became of connections before their first byte of HTTP.
 *
 * <p>Confined to the connection's event loop.
 *
 * @param <P> see {@link HostTls}
 */
public interface TlsListener<P> {

    /**
     * A connection is for a backend that ends TLS itself.
     *
     * @param serverName in lower case
     * @return takes the place of the selector; it reads all bytes of the client, from the first on
     */
    ChannelHandler passThrough(Channel channel, P backend, String serverName);

    /** A connection was refused, and is being closed. Failures behind the ClientHello are events of Netty's handler. */
    void refused(Channel channel, HelloFault fault);
}
