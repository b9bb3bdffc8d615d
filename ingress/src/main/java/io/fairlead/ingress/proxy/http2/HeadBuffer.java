package io.fairlead.ingress.proxy.http2;

import io.netty.util.AsciiString;
import java.util.Arrays;

/**
 * Bytes of a head that is being put together.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
public final class HeadBuffer {

    private static final int FIRST = 512;

    private byte[] bytes = {};
    private int length;

    public void clear() {
        length = 0;
    }

    public int length() {
        return length;
    }

    /** The bytes up to {@link #length}. Another array may hold them after the next is added. */
    public byte[] bytes() {
        return bytes;
    }

    void add(int b) {
        reserve(1);
        bytes[length++] = (byte) b;
    }

    void add(byte[] from) {
        add(from, 0, from.length);
    }

    void add(AsciiString text) {
        add(text.array(), text.arrayOffset(), text.length());
    }

    void add(HeadBuffer other) {
        add(other.bytes, 0, other.length);
    }

    void add(byte[] from, int offset, int count) {
        reserve(count);
        System.arraycopy(from, offset, bytes, length, count);
        length += count;
    }

    private void reserve(int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(FIRST, Math.max(length + count, 2 * bytes.length)));
        }
    }
}
