package io.fairlead.ingress.upstream;

import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.route.BackendGroup;
import io.fairlead.ingress.route.RouteAction;
import io.fairlead.ingress.route.policy.BackendConnection;
import io.fairlead.ingress.route.policy.LoadBalancing;
import io.fairlead.ingress.tls.backend.BackendTlsClient;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of one port of a Service that are spoken to in one way. Who they are is replaced as a whole; endpoints
 * that stay keep their connections.
 *
 * <p>Thread-safe.
 */
public final class UpstreamGroup {

    private static final Backend[] NOBODY = {};

    private final BackendGroup name;
    private final BackendConnection connection;
    private final List<Worker> workers;
    /** Whose turn it is, for each worker. */
    private final int[] turns;

    /** What cookies stand for its endpoints; null as long as no route wants any. */
    @Nullable
    private SessionKeys sessionKeys;

    private Map<Backend, List<SessionToken>> tokens = Map.of();
    private volatile Sessions sessions = Sessions.NONE;

    private volatile Backend[] backends = NOBODY;
    private volatile RouteAction.Reason absence = RouteAction.Reason.NO_ENDPOINTS;
    /** How TLS is spoken; null without, and as long as it must not be spoken to. */
    @Nullable
    private volatile BackendTlsClient tls;

    /** Without endpoints so far. */
    public UpstreamGroup(BackendGroup name, BackendConnection connection, List<Worker> workers) {
        this.name = name;
        this.connection = connection;
        this.workers = List.copyOf(workers);
        turns = new int[workers.size()];
    }

    public BackendGroup name() {
        return name;
    }

    public BackendConnection connection() {
        return connection;
    }

    /**
     * Replaces the endpoints. Requests that are under way stay where they are; connections that wait for one at an
     * endpoint that left are closed. Not to be called by two threads at once.
     */
    public void replace(List<InetSocketAddress> addresses) {
        Map<InetSocketAddress, Backend> leaving = new HashMap<>();
        for (Backend backend : backends) {
            leaving.put(backend.address(), backend);
        }
        List<Backend> next = new ArrayList<>(addresses.size());
        for (InetSocketAddress address : addresses) {
            Backend known = leaving.remove(address);
            next.add(known != null ? known : new Backend(address, this, workers.size()));
        }
        tokens = tokensOf(next, tokens);
        sessions = new Sessions(tokens);
        backends = next.toArray(NOBODY);
        leaving.values().forEach(this::leave);
    }

    /** Clients may be bound to its endpoints, by cookies that are signed with these keys. */
    public void signSessions(SessionKeys keys) {
        if (keys != sessionKeys) {
            sessionKeys = keys;
            tokens = tokensOf(List.of(backends), Map.of());
            sessions = new Sessions(tokens);
        }
    }

    private Map<Backend, List<SessionToken>> tokensOf(List<Backend> all, Map<Backend, List<SessionToken>> known) {
        if (sessionKeys == null) {
            return Map.of();
        }
        SessionKeys keys = sessionKeys;
        Map<Backend, List<SessionToken>> of = new HashMap<>();
        for (Backend backend : all) {
            List<SessionToken> before = known.get(backend);
            of.put(backend, before != null ? before : keys.tokens(name.toString(), backend.toString()));
        }
        return of;
    }

    /** Hot path: which endpoint a session cookie stands for. */
    public Sessions sessions() {
        return sessions;
    }

    /** Takes all endpoints away. */
    public void clear(RouteAction.Reason why) {
        absence = why;
        replace(List.of());
    }

    /** Why there are no endpoints, if there are none. */
    public RouteAction.Reason absence() {
        return isDenied() ? RouteAction.Reason.DENIED : absence;
    }

    /** Says how TLS is spoken from the next connection on; without knowing it, a group of TLS gets no requests. */
    public void secure(Optional<BackendTlsClient> how) {
        tls = how.orElse(null);
    }

    @Nullable
    BackendTlsClient tls() {
        return tls;
    }

    private boolean isDenied() {
        return connection.protocol().tls() && tls == null;
    }

    private void leave(Backend backend) {
        backend.leave();
        for (Worker worker : workers) {
            worker.loop().execute(backend.pool(worker.index())::closeIdle);
        }
    }

    public List<Backend> backends() {
        return List.of(backends);
    }

    /**
     * Hot path: chooses an endpoint.
     *
     * @param avoid an endpoint that just failed, which is taken only if there is no other; null for none
     * @return null if there are none, for the reason of {@link #absence}
     */
    @Nullable
    public Backend choose(Worker worker, LoadBalancing.Algorithm algorithm, @Nullable Backend avoid) {
        Backend[] among = backends;
        if (among.length == 0 || isDenied()) {
            return null;
        }
        if (among.length == 1) {
            return among[0];
        }
        return switch (algorithm) {
            case LEAST_REQUEST_OF_TWO -> lessBusyOfTwo(worker, among, avoid);
            case ROUND_ROBIN -> next(worker, among, avoid);
        };
    }

    private static Backend lessBusyOfTwo(Worker worker, Backend[] among, @Nullable Backend avoid) {
        long random = worker.random();
        int first = (int) ((random >>> 33) * among.length >>> 31);
        int second = (int) ((random & 0x7fffffff) * (among.length - 1) >>> 31);
        Backend one = among[first];
        Backend other = among[second < first ? second : second + 1];
        if (one == avoid || other == avoid) {
            return one == avoid ? other : one;
        }
        return other.pool(worker.index()).active() < one.pool(worker.index()).active() ? other : one;
    }

    private Backend next(Worker worker, Backend[] among, @Nullable Backend avoid) {
        int turn = turns[worker.index()];
        Backend next = among[Math.floorMod(turn, among.length)];
        if (next == avoid) {
            next = among[Math.floorMod(++turn, among.length)];
        }
        turns[worker.index()] = turn + 1;
        return next;
    }

    @Override
    public String toString() {
        return name.toString();
    }
}
