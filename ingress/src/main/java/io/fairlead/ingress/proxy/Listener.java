package io.fairlead.ingress.proxy;

import io.fairlead.ingress.tls.ServerTls;
import io.fairlead.ingress.upstream.UpstreamGroup;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A place where connections are accepted.
 *
 * <p>Immutable.
 *
 * @param address port 0 for any that is free
 * @param proxyProtocol whether each connection begins with a header of the PROXY protocol
 * @param tls how TLS is answered; none for plain HTTP
 */
public record Listener(InetSocketAddress address, boolean proxyProtocol, Optional<ServerTls<UpstreamGroup>> tls) {

    /** Plain HTTP. */
    public static Listener plain(InetSocketAddress address, boolean proxyProtocol) {
        return new Listener(address, proxyProtocol, Optional.empty());
    }

    /** HTTP over TLS. */
    public static Listener secure(InetSocketAddress address, boolean proxyProtocol, ServerTls<UpstreamGroup> tls) {
        return new Listener(address, proxyProtocol, Optional.of(tls));
    }
}
