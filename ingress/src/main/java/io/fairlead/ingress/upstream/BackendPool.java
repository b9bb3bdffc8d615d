package io.fairlead.ingress.upstream;

import java.util.Arrays;

/**
 * What one worker has of a backend: how many requests are under way, and connections that wait for the next one. The one
 * that was used last is taken first: it is the least likely to be closed by the backend, and the others can end.
 *
 * <p>Confined to the event loop's thread of its worker.
 */
final class BackendPool {

    private static final int FIRST = 4;

    private final Backend backend;
    private Http1Upstream[] idle = {};
    private int count;
    private int active;
    private final Http2Links http2 = new Http2Links();

    BackendPool(Backend backend) {
        this.backend = backend;
    }

    Backend backend() {
        return backend;
    }

    /** Requests under way, for the choice among backends. */
    int active() {
        return active;
    }

    void began() {
        active++;
    }

    void ended() {
        active--;
    }

    /** Its connections of HTTP/2, which are shared and never idle in this sense. */
    Http2Links http2() {
        return http2;
    }

    int idleCount() {
        return count;
    }

    boolean hasIdle() {
        return count > 0;
    }

    /** Hot path: the connection that was used last; there must be one. */
    Http1Upstream newest() {
        return idle[count - 1];
    }

    /** Hot path: takes the connection that was used last; there must be one. */
    Http1Upstream take() {
        Http1Upstream newest = idle[--count];
        Arrays.fill(idle, count, count + 1, null);
        return newest;
    }

    /** Hot path: keeps a connection for later. */
    void keep(Http1Upstream connection) {
        if (count == idle.length) {
            idle = Arrays.copyOf(idle, Math.max(FIRST, 2 * count));
        }
        idle[count++] = connection;
    }

    /** A connection that waited is no more. */
    void forget(Http1Upstream connection) {
        for (int i = count - 1; i >= 0; i--) {
            if (idle[i] == connection) {
                System.arraycopy(idle, i + 1, idle, i, count - i - 1);
                Arrays.fill(idle, --count, count + 1, null);
                return;
            }
        }
    }

    /** Ends all connections that wait. */
    void closeIdle() {
        while (hasIdle()) {
            take().close();
        }
        http2.leave();
    }
}
