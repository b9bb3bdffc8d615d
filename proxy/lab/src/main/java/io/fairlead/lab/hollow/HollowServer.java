package io.fairlead.lab.hollow;

import io.fairlead.lab.run.LabException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * An API server of one hollow cluster, over plain HTTP and as far as node agents ask it, which can be made to fail as a
 * real one does.
 *
 * <p>Thread-safe.
 */
public final class HollowServer implements AutoCloseable {

    private static final int CONNECTIONS_MAX = 1_000;
    private static final int RESET = 0;

    private final HollowStore store;
    private final HollowApi api;
    private final ServerSocket listener;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean reachable = true;

    private HollowServer(HollowStore store, ServerSocket listener) {
        this.store = store;
        this.api = new HollowApi(store);
        this.listener = listener;
    }

    /**
     * Serves a cluster as it is, in the network namespace of the calling thread.
     *
     * @param address port 0 takes any
     * @throws LabException if the address is taken
     */
    public static HollowServer start(HollowCluster cluster, InetSocketAddress address) {
        return start(cluster::forEach, address);
    }

    /** The same of objects that somebody wrote. */
    public static HollowServer start(List<HollowObject> objects, InetSocketAddress address) {
        return start(objects::forEach, address);
    }

    private static HollowServer start(Consumer<Consumer<HollowObject>> objects, InetSocketAddress address) {
        // Above the versions of any hollow cluster that ran before, whose clients will be back.
        HollowStore store = new HollowStore(System.currentTimeMillis());
        objects.accept(object -> store.apply(List.of(new HollowChange(HollowChange.Verb.ADDED, object))));
        store.compact();
        try {
            HollowServer server = new HollowServer(store, new ServerSocket());
            server.listener.bind(address);
            Thread.ofPlatform().daemon().name("hollow-accept").start(server::acceptAll);
            return server;
        } catch (IOException e) {
            throw new LabException("cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** As clients want to have it. */
    public String url() {
        InetSocketAddress at = address();
        String host = at.getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + at.getPort();
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                if (!reachable || connections.size() >= CONNECTIONS_MAX) {
                    abort(socket);
                } else {
                    connections.add(socket);
                    Thread.ofVirtual().name("hollow-connection").start(() -> converse(socket));
                }
            } catch (IOException e) {
                // Closed, or a client that was gone before its turn.
            }
        }
    }

    private void converse(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
            HollowReply reply = new HollowReply(socket.getOutputStream());
            Optional<HollowRequest> request = HollowRequest.read(in);
            while (request.isPresent()) {
                api.answer(request.get(), reply);
                request = HollowRequest.read(in);
            }
        } catch (IOException e) {
            // Clients come and go.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(socket);
        }
    }

    private static void abort(Socket socket) {
        try {
            socket.setSoLinger(true, RESET);
            socket.close();
        } catch (IOException e) {
            // It is gone.
        }
    }

    /** What happened in the cluster; watches hear of it. */
    public void apply(List<HollowChange> changes) {
        store.apply(changes);
    }

    /** Watches hear of each change so much later, from here on: a lagging watch. */
    public void delayEvents(Duration delay) {
        store.delay(delay);
    }

    /** Resets every connection. */
    public void dropConnections() {
        connections.forEach(HollowServer::abort);
    }

    /** Forgets all versions before the present one: whoever wants to continue from an older one hears 410 Gone. */
    public void compactHistory() {
        store.compact();
    }

    /** While not reachable, every connection is reset, and so is each new one. */
    public void setReachable(boolean reachable) {
        this.reachable = reachable;
        if (!reachable) {
            dropConnections();
        }
    }

    /**
     * What it was asked.
     *
     * <p>Immutable.
     *
     * @param connections open at this moment
     * @param lists begun
     * @param watches begun
     * @param eventsPosted by clients
     */
    public record Counts(int connections, long lists, long watches, long eventsPosted) {}

    public Counts counts() {
        return new Counts(connections.size(), api.lists.sum(), api.watches.sum(), api.eventsPosted.sum());
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            // It no longer listens either way.
        }
        dropConnections();
    }
}
