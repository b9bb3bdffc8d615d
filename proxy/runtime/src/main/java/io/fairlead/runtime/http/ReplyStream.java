package io.fairlead.runtime.http;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * The body of one reply on its way out: short ones go with their length, long ones in chunks (RFC 9112 section 7.1), so
 * that the client can tell a whole body from one that was cut off.
 *
 * <p>Confined to the thread of one connection.
 */
final class ReplyStream extends OutputStream {

    private static final int BUFFER_BYTES = 16 * 1024;
    private static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");
    private static final byte[] LINE_END = ascii("\r\n");

    private final WritableByteChannel channel;
    private final String head;
    private final boolean body;
    private final boolean chunks;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int buffered;
    private boolean started;

    /**
     * @param head status line and header fields, each line with its end, without those that say how long the body is
     * @param body whether the body is sent, which it is not in reply to HEAD (RFC 9110 section 9.3.2)
     * @param chunks whether the client understands chunks; else a long body ends with the connection
     */
    ReplyStream(WritableByteChannel channel, String head, boolean body, boolean chunks) {
        this.channel = channel;
        this.head = head;
        this.body = body;
        this.chunks = chunks;
    }

    /** Whether something was sent, so that another reply is no longer possible. */
    boolean started() {
        return started;
    }

    @Override
    public void write(int b) throws IOException {
        if (buffered == buffer.length) {
            sendPart();
        }
        buffer[buffered++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int written = 0;
        while (written < length) {
            if (buffered == buffer.length) {
                sendPart();
            }
            int part = Math.min(length - written, buffer.length - buffered);
            System.arraycopy(bytes, offset + written, buffer, buffered, part);
            buffered += part;
            written += part;
        }
    }

    /** Sends what there is, and from then on the rest in chunks. */
    void sendNow() throws IOException {
        if (buffered > 0) {
            sendPart();
        }
    }

    private void sendPart() throws IOException {
        if (!started) {
            started = true;
            send(ByteBuffer.wrap(ascii(head + (chunks ? "Transfer-Encoding: chunked\r\n" : "") + "\r\n")));
        }
        sendBody(chunks ? ascii(Integer.toHexString(buffered) + "\r\n") : new byte[0]);
        sendBuffer();
        sendBody(chunks ? LINE_END : new byte[0]);
    }

    /** Sends what is left: the reply is complete. */
    void finish() throws IOException {
        if (!started) {
            started = true;
            send(ByteBuffer.wrap(ascii(head + "Content-Length: " + buffered + "\r\n\r\n")));
            sendBuffer();
            return;
        }
        if (buffered > 0) {
            sendPart();
        }
        sendBody(chunks ? LAST_CHUNK : new byte[0]);
    }

    private void sendBuffer() throws IOException {
        if (body) {
            send(ByteBuffer.wrap(buffer, 0, buffered));
        }
        buffered = 0;
    }

    private void sendBody(byte[] bytes) throws IOException {
        if (body) {
            send(ByteBuffer.wrap(bytes));
        }
    }

    private void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static void append(Appendable out, String text) {
        try {
            out.append(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
