package io.fairlead.test.kernel;

import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Answers every byte and every datagram with the one character that is its name; connections stay until the client ends
 * them.
 *
 * <p>Thread-safe; every connection has a thread.
 */
final class IpvsBackend implements AutoCloseable {

    /** On which it listens. */
    static final int PORT = 8080;

    private final byte name;
    private final ServerSocketChannel listener;
    private final DatagramChannel datagrams;

    IpvsBackend(NetNs namespace, char name) {
        this.name = (byte) name;
        try {
            this.listener = namespace.run(() -> ServerSocketChannel.open().bind(new InetSocketAddress(PORT)));
            this.datagrams = namespace.run(() -> DatagramChannel.open().bind(new InetSocketAddress(PORT)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
        start(this::answerDatagrams);
    }

    private static void start(Runnable body) {
        Thread.ofPlatform().daemon().name("backend").start(body);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel connection = listener.accept();
                start(() -> answer(connection));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void answer(SocketChannel connection) {
        try (connection) {
            ByteBuffer question = ByteBuffer.allocate(1);
            while (connection.read(question) == 1) {
                connection.write(ByteBuffer.wrap(new byte[] {name}));
                question.clear();
            }
        } catch (IOException e) {
            // The client went away: it has its own view of that.
        }
    }

    private void answerDatagrams() {
        try {
            while (true) {
                SocketAddress from = datagrams.receive(ByteBuffer.allocate(1));
                datagrams.send(ByteBuffer.wrap(new byte[] {name}), from);
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            datagrams.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
