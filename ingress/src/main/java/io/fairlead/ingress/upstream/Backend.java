package io.fairlead.ingress.upstream;

import io.fairlead.ingress.route.policy.BackendConnection;
import java.net.InetSocketAddress;

/**
 * One endpoint of a group. It stays the same object as long as the endpoint stays in its group, and with it the
 * connections that are kept to it.
 *
 * <p>Thread-safe; each pool is confined to its worker's thread.
 */
public final class Backend {

    private final InetSocketAddress address;
    private final BackendConnection connection;
    private final BackendPool[] pools;
    private volatile boolean gone;

    Backend(InetSocketAddress address, BackendConnection connection, int workers) {
        this.address = address;
        this.connection = connection;
        pools = new BackendPool[workers];
        for (int i = 0; i < workers; i++) {
            pools[i] = new BackendPool(this);
        }
    }

    public InetSocketAddress address() {
        return address;
    }

    /** How it is spoken to. */
    BackendConnection connection() {
        return connection;
    }

    /** Hot path: what a worker has of it. */
    BackendPool pool(int worker) {
        return pools[worker];
    }

    /** It left its group: requests under way go on, and their connections end with them. */
    void leave() {
        gone = true;
    }

    boolean isGone() {
        return gone;
    }

    @Override
    public String toString() {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
