package io.fairlead.ingress.proxy;

import io.fairlead.ingress.accesslog.WorkerLog;
import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.upstream.Upstreams;
import io.netty.channel.ChannelHandler;
import java.util.Optional;

/**
 * What the exchanges of one client's connection have in common.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
record Exchanges(
        Worker worker,
        ProxySettings settings,
        RoutingReference routings,
        Upstreams upstreams,
        Optional<WorkerLog> log,
        Client client) {

    /** One that answers there. */
    Exchange begin(Downstream downstream) {
        return new Exchange(this, downstream);
    }

    /** What speaks HTTP/1.1 on the connection. */
    ChannelHandler http1() {
        return new Http1Downstream(this);
    }

    /** What speaks HTTP/2 on the connection. */
    ChannelHandler http2() {
        return new Http2ClientLink(this);
    }
}
