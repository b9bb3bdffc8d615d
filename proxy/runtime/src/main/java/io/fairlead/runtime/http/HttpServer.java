package io.fairlead.runtime.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Serves pages at one endpoint, each connection on a virtual thread.
 *
 * <p>Handlers are trusted, requests are not: see {@link HttpLimits} for what a request may cost. Thread-safe.
 */
public final class HttpServer implements AutoCloseable {

    private static final Logger LOG = System.getLogger(HttpServer.class.getName());
    private static final int BACKLOG = 64;

    /** The key of a handler that answers every path that has none of its own. */
    public static final String ANY_PATH = "*";

    /** Pause after a failed accept: with no descriptors left, the next would fail as well. */
    private static final long ACCEPT_PAUSE_NANOS = 100_000_000;

    private final HttpEndpoint endpoint;
    private final ServerSocketChannel listener;
    private final Closeable resource;
    private final Map<String, HttpHandler> handlers;
    private final HttpLimits limits;
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;

    private HttpServer(
            HttpEndpoint endpoint,
            ServerSocketChannel listener,
            Closeable resource,
            Map<String, HttpHandler> handlers,
            HttpLimits limits) {
        this.endpoint = endpoint;
        this.listener = listener;
        this.resource = resource;
        this.handlers = Map.copyOf(handlers);
        this.limits = limits;
        this.acceptor = Thread.ofVirtual().name("http " + endpoint).unstarted(this::acceptAll);
    }

    /**
     * Listens and serves until {@link #close}.
     *
     * @param handlers by path, for example {@code /healthz}, or {@link #ANY_PATH}
     * @throws ListenException if it cannot listen there
     */
    public static HttpServer start(HttpEndpoint endpoint, Map<String, HttpHandler> handlers, HttpLimits limits) {
        HttpServer server = switch (endpoint) {
            case HttpEndpoint.Tcp tcp -> listen(tcp, handlers, limits);
            case HttpEndpoint.Unix unix -> {
                UnixSocketFile file = UnixSocketFile.listen(unix, BACKLOG);
                yield new HttpServer(unix, file.channel(), file, handlers, limits);
            }
        };
        server.acceptor.start();
        return server;
    }

    private static HttpServer listen(HttpEndpoint.Tcp tcp, Map<String, HttpHandler> handlers, HttpLimits limits) {
        try {
            ServerSocketChannel listener = ServerSocketChannel.open();
            try {
                listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                listener.bind(tcp.address(), BACKLOG);
            } catch (IOException | RuntimeException e) {
                listener.close();
                throw e;
            }
            HttpEndpoint bound = new HttpEndpoint.Tcp((InetSocketAddress) listener.getLocalAddress(), tcp.hosts());
            return new HttpServer(bound, listener, listener, handlers, limits);
        } catch (IOException e) {
            throw new ListenException(tcp, e.getMessage() + "; is another program listening there?");
        }
    }

    /** Where it listens, with the real port. */
    public HttpEndpoint endpoint() {
        return endpoint;
    }

    private void acceptAll() {
        while (listener.isOpen()) {
            try {
                SocketChannel connection = listener.accept();
                connections.add(connection);
                boolean tooMany = connections.size() > limits.connectionsMax();
                Thread.ofVirtual().name("http connection").start(() -> serve(connection, tooMany));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.log(Level.WARNING, "cannot accept connections on {0}: {1}", endpoint, e);
                LockSupport.parkNanos(ACCEPT_PAUSE_NANOS);
            }
        }
    }

    private void serve(SocketChannel connection, boolean tooMany) {
        try (connection) {
            if (tooMany) {
                HttpExchange.refuse(connection, 503, "too many connections");
            } else {
                new HttpExchange(connection, handlers, limits, hosts()).serve();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "connection on {0} broke: {1}", endpoint, e);
        } finally {
            connections.remove(connection);
        }
    }

    private Set<String> hosts() {
        return switch (endpoint) {
            case HttpEndpoint.Tcp tcp -> tcp.hosts();
            case HttpEndpoint.Unix unix -> Set.of();
        };
    }

    /** Connections that are open at this moment. */
    int connections() {
        return connections.size();
    }

    /** Stops listening and ends all connections. When it returns, somebody else can listen there. */
    @Override
    public void close() {
        try {
            resource.close();
            for (SocketChannel connection : connections) {
                connection.close();
            }
            // A socket that a thread waits on is closed by that thread.
            acceptor.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
