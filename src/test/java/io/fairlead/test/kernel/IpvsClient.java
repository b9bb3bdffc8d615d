package io.fairlead.test.kernel;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/**
 * A connection to a virtual server; it asks as often as it likes who answers.
 *
 * <p>Confined to one thread.
 */
final class IpvsClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;

    private IpvsClient(Socket socket) {
        this.socket = socket;
    }

    static IpvsClient connect(NetNs namespace, IpAddress address) {
        try {
            Socket socket = namespace.run(() -> {
                Socket fresh = new Socket();
                fresh.connect(target(address), TIMEOUT_MILLIS);
                return fresh;
            });
            socket.setTcpNoDelay(true);
            return new IpvsClient(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InetSocketAddress target(IpAddress address) {
        return new InetSocketAddress(IpBytes.address(address.toBytes()), IpvsStage.PORT);
    }

    /** The name of the backend that answers; fails if none does. */
    char ask() {
        try {
            return ask(TIMEOUT_MILLIS);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("nobody answers", e);
        }
    }

    /** Whether nobody answers within a second. */
    boolean isMute() {
        try {
            ask(1_000);
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }

    private char ask(int timeoutMillis) throws SocketTimeoutException {
        try {
            socket.setSoTimeout(timeoutMillis);
            socket.getOutputStream().write('?');
            return read();
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name that comes without being asked for again. */
    private char read() throws IOException {
        int name = socket.getInputStream().read();
        if (name < 0) {
            throw new AssertionError("the backend ended the connection");
        }
        return (char) name;
    }

    /** Who answers one connection that then ends. */
    static char once(NetNs namespace, IpAddress address) {
        try (IpvsClient client = connect(namespace, address)) {
            return client.ask();
        }
    }

    /** Who answers one datagram from a new port. */
    static char datagram(NetNs namespace, IpAddress address) {
        try (DatagramSocket socket = namespace.run(() -> new DatagramSocket())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.send(new DatagramPacket(new byte[] {'?'}, 1, target(address)));
            DatagramPacket answer = new DatagramPacket(new byte[1], 1);
            socket.receive(answer);
            return (char) answer.getData()[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
