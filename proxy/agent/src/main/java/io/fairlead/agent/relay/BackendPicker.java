package io.fairlead.agent.relay;

import io.fairlead.agent.plan.Backend;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Picks a backend for each connection to a NodePort: at random, or with ClientIP affinity the one of before, since
 * every client is ::1. An affinity record lives until no new connection has come for the time-out, and counts only
 * while its backend is one that may be used.
 *
 * <p>Confined to the relay's thread.
 */
final class BackendPicker {

    private LoopbackPort port;
    private @Nullable Backend record;
    private long recordNanos;

    BackendPicker(LoopbackPort port) {
        this.port = port;
    }

    LoopbackPort port() {
        return port;
    }

    /** The record survives unless the NodePort is another Service's now. */
    void update(LoopbackPort next) {
        if (!next.name().equals(port.name())) {
            record = null;
        }
        port = next;
    }

    /** @param nowNanos of any origin */
    Backend pick(long nowNanos, RandomGenerator random) {
        List<Backend> backends = port.backends();
        if (port.affinitySeconds() == 0) {
            record = null;
            return backends.get(random.nextInt(backends.size()));
        }
        boolean alive = nowNanos - recordNanos < TimeUnit.SECONDS.toNanos(port.affinitySeconds());
        if (record == null || !alive || !backends.contains(record)) {
            record = backends.get(random.nextInt(backends.size()));
        }
        recordNanos = nowNanos;
        return record;
    }
}
