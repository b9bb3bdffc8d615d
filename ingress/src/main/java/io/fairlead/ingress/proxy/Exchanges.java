package io.fairlead.ingress.proxy;

import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.upstream.Upstreams;

/**
 * What the exchanges of one client's connection have in common.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
record Exchanges(Worker worker, ProxySettings settings, RoutingReference routings, Upstreams upstreams, Client client) {

    /** One that answers there. */
    Exchange begin(Downstream downstream) {
        return new Exchange(worker, routings, upstreams, client, downstream);
    }
}
