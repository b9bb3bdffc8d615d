package io.fairlead.lab.kube;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Semaphore;

/**
 * Carries connections from a port of this machine's loopback address to an address in a namespace.
 *
 * <p>Thread-safe.
 */
public final class ApiRelay implements AutoCloseable {

    private static final int CONNECTIONS_MAX = 256;

    private final ServerSocketChannel listener;
    private final NetNs namespace;
    private final InetSocketAddress target;
    private final Semaphore free = new Semaphore(CONNECTIONS_MAX);
    // Not a virtual thread: those cannot enter a namespace.
    private final Thread acceptor =
            Thread.ofPlatform().daemon().name("API relay").unstarted(this::accept);

    private ApiRelay(ServerSocketChannel listener, NetNs namespace, InetSocketAddress target) {
        this.listener = listener;
        this.namespace = namespace;
        this.target = target;
    }

    /**
     * Listens at 127.0.0.1.
     *
     * @param port 0 for any
     */
    public static ApiRelay open(int port, NetNs namespace, InetSocketAddress target) {
        try {
            ServerSocketChannel listener =
                    ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
            ApiRelay relay = new ApiRelay(listener, namespace, target);
            relay.acceptor.start();
            return relay;
        } catch (IOException e) {
            throw new LabException("cannot listen at 127.0.0.1:" + port + ": " + e.getMessage(), e);
        }
    }

    public int port() {
        return listener.socket().getLocalPort();
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                free.acquire();
            } catch (InterruptedException closed) {
                return;
            }
            try {
                SocketChannel client = listener.accept();
                // A socket stays in the namespace that it was made in.
                SocketChannel server = namespace.run(() -> SocketChannel.open());
                Thread.startVirtualThread(() -> carry(client, server));
            } catch (IOException closedOrNoDescriptorsLeft) {
                free.release();
            }
        }
    }

    private void carry(SocketChannel client, SocketChannel server) {
        try (client;
                server) {
            server.connect(target);
            Thread there = Thread.startVirtualThread(() -> copy(client.socket(), server.socket()));
            copy(server.socket(), client.socket());
            there.join();
        } catch (IOException unreachable) {
            // The client sees that its connection ends.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            free.release();
        }
    }

    /** Until one side has said all, which the other is told. */
    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException broken) {
            try {
                from.close();
                to.close();
            } catch (IOException e) {
                // They are closed, all the same.
            }
        }
    }

    /** Afterwards nobody listens at the port any more. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new LabException("cannot close the relay: " + e.getMessage(), e);
        }
        // The kernel keeps a socket listening for as long as a thread waits in accept.
        acceptor.interrupt();
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
