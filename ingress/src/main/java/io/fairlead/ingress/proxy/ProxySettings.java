package io.fairlead.ingress.proxy;

import io.fairlead.ingress.proxy.front.TrustedProxies;
import io.fairlead.ingress.proxy.http1.HeadLimits;
import io.fairlead.ingress.proxy.http2.Http2Limits;

/**
 * What holds for the connections of all clients.
 *
 * <p>Immutable.
 *
 * @param headLimits of requests
 * @param headMillis from the first byte of a head, or from the accept, to its end
 * @param keepAliveMillis how long a connection may wait for another request
 * @param requestsMax requests of one connection, after which it ends
 * @param lingerMillis how long what a client still sends is read after an answer that did not wait for it; a reset would
 *     take the answer away from it (RFC 9112 section 9.6)
 * @param passthroughIdleMillis how long a connection that is passed through may be silent
 * @param http2 of connections of HTTP/2
 * @param trusted who is believed when it says of whom a request is
 */
public record ProxySettings(
        HeadLimits headLimits,
        long headMillis,
        long keepAliveMillis,
        int requestsMax,
        long lingerMillis,
        long passthroughIdleMillis,
        Http2Limits http2,
        TrustedProxies trusted) {

    public static final ProxySettings DEFAULT = new ProxySettings(
            HeadLimits.DEFAULT,
            15_000,
            75_000,
            Integer.MAX_VALUE,
            5_000,
            600_000,
            Http2Limits.DEFAULT,
            TrustedProxies.NONE);

    /** The same but for who is believed. */
    public ProxySettings trusting(TrustedProxies proxies) {
        return new ProxySettings(
                headLimits,
                headMillis,
                keepAliveMillis,
                requestsMax,
                lingerMillis,
                passthroughIdleMillis,
                http2,
                proxies);
    }
}
