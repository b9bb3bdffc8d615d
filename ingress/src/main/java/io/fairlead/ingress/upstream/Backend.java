package io.fairlead.ingress.upstream;

import io.fairlead.ingress.route.policy.BackendConnection;
import io.fairlead.ingress.tls.backend.BackendTlsClient;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
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
    private final byte[] text;
    private final BackendPool[] pools;
    private volatile boolean gone;

    Backend(InetSocketAddress address, UpstreamGroup group, int workers) {
        this.address = address;
        this.group = group;
        text = NetUtil.toSocketAddressString(address).getBytes(StandardCharsets.US_ASCII);
        pools = new BackendPool[workers];
        for (int i = 0; i < workers; i++) {
            pools[i] = new BackendPool(this);
        }
    }

    public InetSocketAddress address() {
        return address;
    }

    /** Address and port, as logs have them. Not to be written to. */
    public byte[] text() {
        return text;
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
        return new String(text, StandardCharsets.US_ASCII);
    }
}
