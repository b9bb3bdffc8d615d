package io.fairlead.test.ingress;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The server's side of a WebSocket (RFC 6455) that gets its messages back, fragments as they came.
 *
 * <p>Immutable: pure functions.
 */
final class WebSocketEcho {

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int OPCODE = 0x0f;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int FINAL = 0x80;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;
    private static final int SHORT_MAX = 0xffff;

    private WebSocketEcho() {}

    /** Answers the handshake, then serves until the close. */
    static void serve(Wire.Message request, InputStream in, OutputStream out) throws IOException {
        out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: " + accept(request.field("Sec-WebSocket-Key")) + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        DataInputStream from = new DataInputStream(in);
        DataOutputStream to = new DataOutputStream(out);
        int first;
        do {
            first = from.readUnsignedByte();
            byte[] payload = payload(from);
            int opcode = first & OPCODE;
            if (opcode != PONG) {
                frame(to, opcode == PING ? FINAL | PONG : first, payload);
            }
        } while ((first & OPCODE) != CLOSE);
    }

    private static String accept(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Of a client's frame, which is masked. */
    private static byte[] payload(DataInputStream from) throws IOException {
        int second = from.readUnsignedByte();
        int length = second & ~FINAL;
        if (length == LENGTH_16) {
            length = from.readUnsignedShort();
        } else if (length == LENGTH_64) {
            length = Math.toIntExact(from.readLong());
        }
        byte[] mask = from.readNBytes(4);
        byte[] payload = new byte[length];
        from.readFully(payload);
        for (int i = 0; i < length; i++) {
            payload[i] ^= mask[i % 4];
        }
        return payload;
    }

    private static void frame(DataOutputStream to, int first, byte[] payload) throws IOException {
        to.writeByte(first);
        if (payload.length < LENGTH_16) {
            to.writeByte(payload.length);
        } else if (payload.length <= SHORT_MAX) {
            to.writeByte(LENGTH_16);
            to.writeShort(payload.length);
        } else {
            to.writeByte(LENGTH_64);
            to.writeLong(payload.length);
        }
        to.write(payload);
        to.flush();
    }
}
