package io.fairlead.ingress.proxy;

/**
 * The routes that count: replaced as a whole, read once per request.
 *
 * <p>Thread-safe.
 */
public final class RoutingReference {

    private volatile Routing current;

    public RoutingReference(Routing first) {
        current = first;
    }

    public void publish(Routing next) {
        current = next;
    }

    /** Hot path. */
    public Routing current() {
        return current;
    }
}
