package io.fairlead.agent.relay;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One connection and the one to its backend, with a thread for each direction. An end of stream travels to the other
 * side on its own, as does a reset; a slow reader slows down its writer, since no more than a buffer is ever held.
 *
 * <p>Thread-safe.
 */
final class RelayedConnection {

    private static final Logger LOG = System.getLogger(RelayedConnection.class.getName());
    private static final int BUFFER_BYTES = 8 * 1024;

    private final SocketChannel client;
    private final SocketChannel upstream;
    private final InetSocketAddress backend;
    private final Consumer<RelayedConnection> ended;
    private final AtomicInteger directions = new AtomicInteger(2);

    private RelayedConnection(
            SocketChannel client,
            SocketChannel upstream,
            InetSocketAddress backend,
            Consumer<RelayedConnection> ended) {
        this.client = client;
        this.upstream = upstream;
        this.backend = backend;
        this.ended = ended;
    }

    /**
     * Prepares a connection to a backend. Its socket belongs to the network namespace of the calling thread, wherever
     * the threads of the connection live.
     *
     * @param client closed here if there is no socket for the backend
     * @param ended run when both directions are over, in one of their threads
     */
    static RelayedConnection open(SocketChannel client, InetSocketAddress backend, Consumer<RelayedConnection> ended)
            throws IOException {
        try {
            return new RelayedConnection(client, SocketChannel.open(), backend, ended);
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    void start(ThreadFactory threads, Duration connectTimeout) {
        int timeoutMillis = (int) connectTimeout.toMillis();
        threads.newThread(() -> connect(threads, timeoutMillis)).start();
    }

    private void connect(ThreadFactory threads, int timeoutMillis) {
        try {
            // A peer that vanished without a word is noticed, if late, on a connection that is idle.
            client.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            upstream.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            upstream.setOption(StandardSocketOptions.TCP_NODELAY, true);
            upstream.socket().connect(backend, timeoutMillis);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot connect to {0}: {1}", backend, e);
            reset();
            ended.accept(this);
            return;
        }
        threads.newThread(() -> copy(client, upstream)).start();
        copy(upstream, client);
    }

    private void copy(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    int _ = to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            LOG.log(Level.TRACE, "connection to {0} broke: {1}", backend, e);
            reset();
        }
        if (directions.decrementAndGet() == 0) {
            close(client);
            close(upstream);
            ended.accept(this);
        }
    }

    /** Ends both sides at once; each peer sees a reset, so that nobody takes half an answer for a whole one. */
    void reset() {
        for (SocketChannel side : new SocketChannel[] {client, upstream}) {
            try {
                side.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                LOG.log(Level.TRACE, "closed already: {0}", e);
            }
            close(side);
        }
    }

    private static void close(SocketChannel side) {
        try {
            side.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot close a connection: {0}", e);
        }
    }
}
