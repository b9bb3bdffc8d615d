package io.fairlead.test.netns;

import io.fairlead.agent.plan.Flow;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Protocol;
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

/**
 * Opens one real connection, or sends one datagram, and says what came of it.
 *
 * <p>Thread-safe: a pure function of the network.
 */
final class Probe {

    /** Answers take less than a millisecond; on a busy machine some take longer. */
    private static final int PATIENCE_MILLIS = 300;

    private Probe() {}

    /** What came of it. */
    sealed interface Result {

        /**
         * Somebody answered.
         *
         * @param server the address and port that he was reached at
         * @param sourceKept whether he saw the client's own address and port
         * @param seen the source that he saw
         */
        record Answered(String server, boolean sourceKept, String seen) implements Result {}

        /** Refused at once. */
        record Refused() implements Result {}

        /** Nothing. */
        record Silence() implements Result {}
    }

    static Result send(NetNs from, Flow flow) {
        try {
            return flow.protocol() == Protocol.UDP ? datagram(from, flow) : connection(from, flow);
        } catch (IOException e) {
            throw new AssertionError(flow + ": " + e, e);
        }
    }

    private static Result connection(NetNs from, Flow flow) throws IOException {
        try (Socket socket = new Socket()) {
            from.run(() -> socket.bind(address(flow.source(), 0)));
            // Thousands of closed connections shall not wait.
            socket.setSoLinger(true, 0);
            socket.connect(address(flow.destination(), flow.port()), PATIENCE_MILLIS);
            String sent = EchoServer.text(socket.getLocalSocketAddress());
            socket.setSoTimeout(10 * PATIENCE_MILLIS);
            return answer(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII), sent);
        } catch (SocketTimeoutException | NoRouteToHostException e) {
            return new Result.Silence();
        } catch (ConnectException e) {
            return new Result.Refused();
        }
    }

    private static Result datagram(NetNs from, Flow flow) throws IOException {
        try (DatagramSocket socket = from.run(() -> new DatagramSocket(address(flow.source(), 0)))) {
            socket.connect(address(flow.destination(), flow.port()));
            socket.setSoTimeout(PATIENCE_MILLIS);
            try {
                socket.send(new DatagramPacket(new byte[] {'?'}, 1));
            } catch (PortUnreachableException e) {
                return new Result.Refused();
            } catch (IOException e) {
                // EPERM: a filter of this host took it. Whether it also answered, the socket knows.
                socket.setSoTimeout(PATIENCE_MILLIS);
            }
            byte[] buffer = new byte[512];
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            socket.receive(packet);
            String text = new String(buffer, 0, packet.getLength(), StandardCharsets.US_ASCII);
            return answer(text, EchoServer.text(socket.getLocalSocketAddress()));
        } catch (SocketTimeoutException e) {
            return new Result.Silence();
        } catch (PortUnreachableException e) {
            return new Result.Refused();
        }
    }

    private static Result answer(String text, String sent) {
        String[] lines = text.split("\n", -1);
        if (lines.length < 2) {
            throw new AssertionError("a strange answer: '" + text + "'");
        }
        return new Result.Answered(lines[0], lines[1].equals(sent), lines[1]);
    }

    private static SocketAddress address(IpAddress address, int port) {
        return new InetSocketAddress(IpBytes.address(address.toBytes()), port);
    }
}
