package io.fairlead.ingress.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * Writes the framing of chunked content (RFC 9112 section 7.1), for content that came without.
 *
 * <p>Thread-safe: it has no state that changes.
 */
public final class ChunkFrames {

    /** Eight digits, CR, LF. */
    public static final int START_BYTES_MAX = 10;

    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final ByteBuf END = constant("\r\n");
    private static final byte[] LAST = "0\r\n".getBytes(StandardCharsets.US_ASCII);

    private ChunkFrames() {}

    private static ByteBuf constant(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
    }

    /** Hot path: what stands before a chunk's data. */
    public static void start(ByteBuf out, int size) {
        int shift = 28 - (Integer.numberOfLeadingZeros(size | 1) & ~3);
        for (; shift >= 0; shift -= 4) {
            out.writeByte(DIGITS[size >>> shift & 15]);
        }
        out.writeShort('\r' << 8 | '\n');
    }

    /** What stands behind a chunk's data; never to be released. */
    public static ByteBuf end() {
        return END.duplicate();
    }

    /** Hot path: the last chunk, the trailers that go on, and the empty line. */
    public static void last(ByteBuf out, HeadFields trailers) {
        out.writeBytes(LAST);
        trailers(out, trailers);
    }

    /** Hot path: the trailers that go on, and the empty line, behind a last chunk that went on as it came. */
    public static void trailers(ByteBuf out, HeadFields trailers) {
        ForwardedHead.fields(out, trailers, 0);
        out.writeShort('\r' << 8 | '\n');
    }
}
