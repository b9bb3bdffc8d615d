package io.fairlead.ingress.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The bytes of the head that a connection receives, in one array, where they stay until the next message begins.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
public final class HeadText {

    private static final int BYTES_FIRST = 1024;

    /** Heads are rarely longer; what is taken beyond a head's end is copied in vain. */
    private static final int STEP = 4096;

    private byte[] bytes = {};
    private int length;

    /** Begins with the next message. */
    public void clear() {
        length = 0;
    }

    /**
     * Hot path: scans the buffer's bytes on as this head, and moves the reader index behind those that belong to it.
     */
    public Progress read(ByteBuf in, MessageHead head) {
        while (in.isReadable()) {
            int before = length;
            take(in);
            Progress progress = head.scan(bytes, length);
            in.skipBytes((progress == Progress.COMPLETE ? head.end() : length) - before);
            if (progress != Progress.MORE) {
                return progress;
            }
        }
        return Progress.MORE;
    }

    /** Copies some bytes without taking them from the buffer. */
    private void take(ByteBuf in) {
        int taken = Math.min(in.readableBytes(), STEP);
        if (length + taken > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(BYTES_FIRST, Math.max(length + taken, 2 * bytes.length)));
        }
        in.getBytes(in.readerIndex(), bytes, length, taken);
        length += taken;
    }

    /** Whether nothing of a message came yet. */
    public boolean isEmpty() {
        return length == 0;
    }
}
