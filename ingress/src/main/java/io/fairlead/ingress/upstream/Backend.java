package io.fairlead.ingress.upstream;

import io.fairlead.ingress.route.policy.BackendConnection;
import io.fairlead.ingress.tls.backend.BackendTlsClient;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint of a group. It stays the same object as long as the endpoint stays in its group, and with it the
 * connections that are kept to it.
 *
 * <p>Thread-safe; each pool is confined to its worker's thread.
 */
public final class Backend {

    private final InetSocketAddress address;
    private final UpstreamGroup group;
    private final BackendPool[] pools;
    private volatile boolean gone;

    Backend(InetSocketAddress address, UpstreamGroup group, int workers) {
        this.address = address;
        this.group = group;
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
        return group.connection();
    }

    /** How TLS is spoken with it; null without TLS. */
    @Nullable
    BackendTlsClient tls() {
        return group.tls();
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
