package io.fairlead.test.netns;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.plan.Flow;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Opens one real connection, or sends one datagram, and says what came of it.
 *
 * <p>Thread-safe: a pure function of the network.
 */
public final class Probe {

    /** An established connection is answered at once, or it is a failure. */
    private static final int ANSWER_MILLIS_MAX = 5_000;

    private Probe() {}

    /** What came of it. */
    public sealed interface Result {

        /**
         * Somebody answered.
         *
         * @param server the address and port that he was reached at
         * @param seen the address that he saw
         */
        record Answered(String server, IpAddress seen) implements Result {}

        /** Refused at once. */
        record Refused() implements Result {}

        /** Nothing. */
        record Silence() implements Result {}
    }

    /** @param patience after which it is silence */
    public static Result send(NetNs from, Flow flow, Duration patience) {
        try {
            int millis = (int) patience.toMillis();
            return switch (flow.protocol()) {
                case TCP -> connection(from, flow, millis);
                case UDP -> datagram(from, flow, millis);
                case SCTP -> association(from, flow, patience);
            };
        } catch (IOException e) {
            throw new AssertionError(flow + ": " + e, e);
        }
    }

    private static Result connection(NetNs from, Flow flow, int millis) throws IOException {
        try (Socket socket = new Socket()) {
            from.run(() -> socket.bind(address(flow.source(), 0)));
            // Thousands of closed connections shall not wait.
            socket.setSoLinger(true, 0);
            socket.connect(address(flow.destination(), flow.port()), millis);
            return answer(read(socket));
        } catch (SocketTimeoutException | NoRouteToHostException e) {
            return new Result.Silence();
        } catch (ConnectException e) {
            return new Result.Refused();
        }
    }

    private static String read(Socket socket) throws IOException {
        socket.setSoTimeout(ANSWER_MILLIS_MAX);
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (SocketTimeoutException e) {
            throw new IOException("connected, but nobody answers", e);
        }
    }

    private static Result datagram(NetNs from, Flow flow, int millis) throws IOException {
        try (DatagramSocket socket = from.run(() -> new DatagramSocket(address(flow.source(), 0)))) {
            socket.connect(address(flow.destination(), flow.port()));
            socket.setSoTimeout(millis);
            send(socket);
            byte[] buffer = new byte[512];
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            socket.receive(packet);
            return answer(new String(buffer, 0, packet.getLength(), StandardCharsets.US_ASCII));
        } catch (SocketTimeoutException e) {
            return new Result.Silence();
        } catch (PortUnreachableException e) {
            return new Result.Refused();
        }
    }

    private static void send(DatagramSocket socket) throws PortUnreachableException {
        try {
            socket.send(new DatagramPacket(new byte[] {'?'}, 1));
        } catch (PortUnreachableException e) {
            throw e;
        } catch (IOException e) {
            // EPERM: a filter of this host took it. Whether it also answered, the next receive says.
            assertTrue(String.valueOf(e.getMessage()).contains("not permitted"), e::toString);
        }
    }

    private static Result association(NetNs from, Flow flow, Duration patience) throws IOException {
        try (SctpSocket socket = from.run(() -> SctpSocket.client(flow.source()))) {
            return switch (socket.connect(flow.destination(), flow.port(), patience)) {
                case CONNECTED -> {
                    socket.send("?");
                    String text = socket.receive(Duration.ofMillis(ANSWER_MILLIS_MAX));
                    if (text.isEmpty()) {
                        throw new IOException("connected, but nobody answers");
                    }
                    yield answer(text);
                }
                case REFUSED -> new Result.Refused();
                case SILENCE -> new Result.Silence();
            };
        }
    }

    private static Result answer(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length < 2) {
            throw new AssertionError("a strange answer: '" + text + "'");
        }
        return new Result.Answered(lines[0], IpAddress.parse(lines[1]));
    }

    private static SocketAddress address(IpAddress address, int port) {
        return new InetSocketAddress(IpBytes.address(address.toBytes()), port);
    }
}
