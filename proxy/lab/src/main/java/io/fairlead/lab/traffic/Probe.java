package io.fairlead.lab.traffic;

import io.fairlead.lab.topology.Host;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One request on a new connection, or one datagram.
 *
 * <p>Immutable.
 *
 * @param timeout for connecting and for each wait after that
 */
public record Probe(Transport transport, InetSocketAddress target, Duration timeout) {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int REPLY_BYTES_MAX = 1024;

    public Probe {
        if (transport == Transport.HTTPS) {
            throw new IllegalArgumentException("a probe of " + target + " knows no certificate: SecureClient does");
        }
    }

    /** With the usual time-out of five seconds. */
    public static Probe of(Transport transport, InetAddress address, int port) {
        return new Probe(transport, new InetSocketAddress(address, port), TIMEOUT);
    }

    public static Probe http(InetAddress address, int port) {
        return of(Transport.HTTP, address, port);
    }

    public static Probe udp(InetAddress address, int port) {
        return of(Transport.UDP, address, port);
    }

    /** Sends it and waits for what comes of it. */
    public ProbeResult from(Host client) {
        long start = System.nanoTime();
        try {
            Answer answer = Answer.parse(transport == Transport.HTTP ? askHttp(client) : askUdp(client));
            return new ProbeResult.Answered(answer, since(start));
        } catch (IOException e) {
            return new ProbeResult.Failed(FailureKind.of(e), String.valueOf(e.getMessage()), since(start));
        } catch (IllegalArgumentException e) {
            return new ProbeResult.Failed(FailureKind.BROKEN, String.valueOf(e.getMessage()), since(start));
        }
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private String askHttp(Host client) throws IOException {
        try (SocketChannel channel = client.namespace().run(() -> SocketChannel.open())) {
            Socket socket = connect(channel, target, timeout);
            socket.getOutputStream().write(Answer.request(true));
            return readReply(socket.getInputStream());
        }
    }

    /** A reset at the end leaves no state behind that would use up the client's ports (TIME-WAIT, RFC 9293). */
    static Socket connect(SocketChannel channel, InetSocketAddress target, Duration timeout) throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        Socket socket = channel.socket();
        int millis = Math.toIntExact(timeout.toMillis());
        socket.connect(target, millis);
        socket.setSoTimeout(millis);
        return socket;
    }

    static String readReply(InputStream in) throws IOException {
        StringBuilder reply = new StringBuilder();
        byte[] buffer = new byte[REPLY_BYTES_MAX];
        while (!Answer.isCompleteReply(reply.toString())) {
            int read = in.read(buffer);
            if (read < 0 || reply.length() > REPLY_BYTES_MAX) {
                throw new EOFException("the reply is cut off or too long");
            }
            reply.append(new String(buffer, 0, read, StandardCharsets.US_ASCII));
        }
        return reply.toString();
    }

    private String askUdp(Host client) throws IOException {
        try (DatagramChannel channel = client.namespace().run(() -> DatagramChannel.open())) {
            channel.connect(target);
            DatagramSocket socket = channel.socket();
            socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
            byte[] question = "who is there?\n".getBytes(StandardCharsets.US_ASCII);
            socket.send(new DatagramPacket(question, question.length));
            DatagramPacket reply = new DatagramPacket(new byte[REPLY_BYTES_MAX], REPLY_BYTES_MAX);
            socket.receive(reply);
            return new String(reply.getData(), 0, reply.getLength(), StandardCharsets.US_ASCII);
        }
    }
}
