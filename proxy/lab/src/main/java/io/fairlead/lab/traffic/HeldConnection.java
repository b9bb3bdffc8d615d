package io.fairlead.lab.traffic;

import io.fairlead.lab.run.LabException;
import io.fairlead.lab.topology.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * One HTTP connection that stays open between requests.
 *
 * <p>Confined to one thread at a time.
 */
public final class HeldConnection implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final SocketChannel channel;
    private final Socket socket;

    private HeldConnection(SocketChannel channel, Socket socket) {
        this.channel = channel;
        this.socket = socket;
    }

    /**
     * Connects.
     *
     * @throws LabException if that fails
     */
    public static HeldConnection open(Host client, InetAddress address, int port) {
        try {
            SocketChannel channel = client.namespace().run(() -> SocketChannel.open());
            try {
                return new HeldConnection(
                        channel, Probe.connect(channel, new InetSocketAddress(address, port), TIMEOUT));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new LabException(client.name() + " cannot connect to " + address + ": " + e.getMessage(), e);
        }
    }

    /** One request more on the same connection. */
    public ProbeResult ask() {
        long start = System.nanoTime();
        try {
            socket.getOutputStream().write(Answer.request(false));
            Answer answer = Answer.parse(Probe.readReply(socket.getInputStream()));
            return new ProbeResult.Answered(answer, Duration.ofNanos(System.nanoTime() - start));
        } catch (IOException e) {
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            return new ProbeResult.Failed(FailureKind.of(e), String.valueOf(e.getMessage()), took);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
