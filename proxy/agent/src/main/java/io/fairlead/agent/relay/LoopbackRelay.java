package io.fairlead.agent.relay;

import io.fairlead.agent.plan.Addresses;
import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.ServicePortName;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.IpBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Serves NodePorts on [::1], TCP only, in the network namespace in which it was started. The backend sees this node as
 * the client, as it does when the kernel masquerades.
 *
 * <p>One thread has all listeners: it opens and closes them as the plan changes, accepts, and picks backends; bytes are
 * copied by threads of the connections. Connections in progress survive every change of the plan and end with the
 * relay. A port that another program has is tried again after every step of the proxy loop.
 *
 * <p>Thread-safe.
 */
public final class LoopbackRelay implements AutoCloseable {

    /**
     * Bounds.
     *
     * <p>Immutable.
     *
     * @param connectionsMax at one time, of all NodePorts together; more are reset
     */
    record Limits(int connectionsMax, Duration connectTimeout) {}

    private static final Logger LOG = System.getLogger(LoopbackRelay.class.getName());

    private static final Limits LIMITS = new Limits(1024, Duration.ofSeconds(10));
    private static final int BACKLOG = 128;

    /** After a failure to accept, for example for want of file descriptors. */
    private static final long PAUSE_MILLIS = 100;

    private final RelayObserver observer;
    private final ThreadFactory connectionThreads;
    private final Limits limits;
    private final Selector selector;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("loopback-relay").unstarted(this::run);

    /** The mailbox: NodePorts that changed, the latest state of each. */
    private final Map<Integer, LoopbackPort> changes = new ConcurrentHashMap<>();

    private volatile boolean stepped;

    private final Set<RelayedConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    // Confined to the thread.
    private final Map<Integer, Listener> listeners = new HashMap<>();
    /** To be listened on: new, or another program has the port. */
    private final Map<Integer, LoopbackPort> waiting = new HashMap<>();
    /** Whose failure was told. */
    private final Map<Integer, ServicePortName> told = new HashMap<>();
    /** Whether some listener does not accept for a moment. */
    private boolean paused;

    /** A listening socket. Confined to the relay's thread. */
    private record Listener(ServerSocketChannel socket, BackendPicker picker) {

        ServicePortName name() {
            return picker.port().name();
        }
    }

    public LoopbackRelay(RelayObserver observer) {
        this(observer, Thread.ofVirtual().name("loopback-relay-", 0).factory(), LIMITS);
    }

    /** @param connectionThreads two for each connection */
    LoopbackRelay(RelayObserver observer, ThreadFactory connectionThreads, Limits limits) {
        this.observer = observer;
        this.connectionThreads = connectionThreads;
        this.limits = limits;
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare the relay of NodePorts on [::1]", e);
        }
    }

    public void start() {
        thread.start();
    }

    /** Hands over what a step of the proxy loop changed in the plan. Returns at once. */
    public void stepped(NodePlanDelta change) {
        changes.putAll(RelayPlan.changes(change));
        stepped = true;
        selector.wakeup();
    }

    private void run() {
        try (selector) {
            while (!closed) {
                boolean pausing = paused;
                paused = false;
                await(pausing ? PAUSE_MILLIS : 0);
                if (pausing) {
                    selector.keys().forEach(key -> key.interestOps(SelectionKey.OP_ACCEPT));
                }
                if (stepped) {
                    stepped = false;
                    applyChanges();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot wait for connections to NodePorts on [::1]", e);
        } finally {
            listeners.values().forEach(listener -> close(listener.socket));
            connections.forEach(RelayedConnection::reset);
        }
    }

    /** Waits for connections and changes; not if a change came while the selector, which was busy, forgot that call. */
    private void await(long millis) throws IOException {
        int _ = stepped ? selector.selectNow(this::accept) : selector.select(this::accept, millis);
    }

    private void applyChanges() throws IOException {
        int before = listeners.size();
        for (Integer number : Set.copyOf(changes.keySet())) {
            LoopbackPort port = changes.remove(number);
            if (port != null) {
                apply(port);
            }
        }
        // What was closed listens on until the selector has let go of it.
        int _ = selector.selectNow(this::accept);
        waiting.values().removeIf(this::listen);
        if (listeners.size() != before) {
            observer.listening(listeners.size());
        }
    }

    private void apply(LoopbackPort port) {
        Listener listener = listeners.get(port.number());
        if (!port.served()) {
            waiting.remove(port.number());
            told.remove(port.number());
            if (listener != null) {
                listeners.remove(port.number());
                close(listener.socket);
            }
        } else if (listener != null) {
            listener.picker.update(port);
        } else {
            waiting.put(port.number(), port);
        }
    }

    /** @return whether it listens */
    private boolean listen(LoopbackPort port) {
        try {
            BackendPicker picker = new BackendPicker(port);
            listeners.put(port.number(), open(picker));
            told.remove(port.number());
            return true;
        } catch (IOException e) {
            if (!port.name().equals(told.put(port.number(), port.name()))) {
                LOG.log(
                        Level.WARNING,
                        "cannot serve NodePort {0} of {1} on [::1], other addresses are served: {2}",
                        String.valueOf(port.number()),
                        port.name(),
                        e.getMessage());
                observer.bindFailed(port.name());
            }
            return false;
        }
    }

    private Listener open(BackendPicker picker) throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.INET6);
        try {
            socket.bind(address(Addresses.LOOPBACK_V6, picker.port().number()), BACKLOG);
            socket.configureBlocking(false);
            Listener listener = new Listener(socket, picker);
            socket.register(selector, SelectionKey.OP_ACCEPT, listener);
            return listener;
        } catch (IOException e) {
            close(socket);
            throw e;
        }
    }

    private void accept(SelectionKey key) {
        Listener listener = (Listener) key.attachment();
        try {
            SocketChannel client = listener.socket.accept();
            if (client != null) {
                relay(client, listener);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot accept a connection to {0} on [::1]: {1}", listener.name(), e.getMessage());
            // The connection still waits, and would wake us again at once.
            key.interestOps(0);
            paused = true;
        }
    }

    private void relay(SocketChannel client, Listener listener) throws IOException {
        if (connections.size() >= limits.connectionsMax) {
            LOG.log(Level.WARNING, "too many connections to NodePorts on [::1], one to {0} is reset", listener.name());
            observer.turnedAway(listener.name());
            try (client) {
                client.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
            return;
        }
        Backend backend = listener.picker.pick(System.nanoTime(), ThreadLocalRandom.current());
        RelayedConnection connection =
                RelayedConnection.open(client, address(backend.address(), backend.port()), connections::remove);
        connections.add(connection);
        connection.start(connectionThreads, limits.connectTimeout);
    }

    private static InetSocketAddress address(IpAddress address, int port) {
        return new InetSocketAddress(IpBytes.address(address.toBytes()), port);
    }

    private static void close(ServerSocketChannel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot stop listening on [::1]: {0}", e.getMessage());
        }
    }

    /** Resets the connections that are in progress. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
