package io.fairlead.test.ingress;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * A client's side of a WebSocket (RFC 6455) for short messages.
 *
 * <p>Confined to one thread.
 */
final class WebSocketClient implements AutoCloseable {

    private static final int FINAL_TEXT = 0x81;
    private static final int FINAL_CLOSE = 0x88;
    private static final int MASKED = 0x80;
    private static final int LENGTH_MAX = 125;

    private final H1Client connection;
    private final DataInputStream in;

    private WebSocketClient(H1Client connection) {
        this.connection = connection;
        in = new DataInputStream(connection.in());
    }

    static WebSocketClient open(InetSocketAddress address, String host, String target) {
        H1Client connection = H1Client.connect(address);
        Wire.Message answer = connection
                .send("GET " + target + " HTTP/1.1\r\nHost: " + host
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
                .head();
        if (answer.status() != 101) {
            connection.close();
            throw new UncheckedIOException(new IOException("no WebSocket: " + answer));
        }
        return new WebSocketClient(connection);
    }

    /** Sends a message, and waits for what comes back. */
    String echo(String message) {
        byte[] text = message.getBytes(StandardCharsets.US_ASCII);
        if (text.length > LENGTH_MAX) {
            throw new IllegalArgumentException(message);
        }
        connection.send(frame(FINAL_TEXT, text));
        try {
            in.readUnsignedByte();
            return new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With a mask of zeros, which leaves the text as it is. */
    private static byte[] frame(int first, byte[] text) {
        byte[] frame = new byte[text.length + 6];
        frame[0] = (byte) first;
        frame[1] = (byte) (MASKED | text.length);
        System.arraycopy(text, 0, frame, 6, text.length);
        return frame;
    }

    /** Whether the other side ended the connection. */
    boolean isEnded() {
        return connection.isEnded();
    }

    /** Says goodbye and waits for the answer. */
    void leave() {
        connection.send(frame(FINAL_CLOSE, new byte[] {0x03, (byte) 0xe8}));
        try {
            in.readNBytes(4);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        close();
    }

    @Override
    public void close() {
        connection.close();
    }
}
