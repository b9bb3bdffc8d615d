package io.fairlead.kernel.netlink;

import io.fairlead.kernel.KernelException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Writes netlink messages and their attributes (RFC 3549, include/uapi/linux/netlink.h) into one buffer that grows
 * and is used again. Everything starts at a multiple of four bytes; padding is zeros.
 *
 * <p>Integers are in host order unless the name says {@code Network}: rtnetlink uses the former, nf_tables the latter.
 *
 * <p>Hot path: allocates only to grow.
 *
 * <p>Confined to the thread of the socket that sends it.
 */
public final class NetlinkWriter {

    static final int HEADER_BYTES = 16;
    static final int TYPE_OFFSET = 4;
    static final int FLAGS_OFFSET = 6;
    static final int SEQUENCE_OFFSET = 8;
    static final int PORT_OFFSET = 12;
    static final int ATTRIBUTE_HEADER_BYTES = 4;

    /** An attribute's length is sixteen bits, with its header. */
    public static final int ATTRIBUTE_BYTES_MAX = 0xffff;

    /** Larger buffers are not worth keeping: a cold start should not be remembered in memory for ever. */
    private static final int KEPT_BYTES = 1 << 20;

    private static final int INITIAL_BYTES = 8 << 10;
    private static final int NESTED = 0x8000;

    private final int bytesMax;
    private byte[] buffer = new byte[INITIAL_BYTES];
    private int position;
    private int message = -1;

    /** @param bytesMax most bytes that may be written before {@link #clear()} */
    public NetlinkWriter(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Forgets all messages. */
    public void clear() {
        position = 0;
        message = -1;
    }

    /** Forgets all messages, and gives a buffer that grew large back. */
    public void forget() {
        clear();
        if (buffer.length > KEPT_BYTES) {
            buffer = new byte[INITIAL_BYTES];
        }
    }

    /** Bytes written. */
    public int size() {
        return position;
    }

    /** The bytes, from index 0 to {@link #size()}; replaced when the writer grows. */
    byte[] buffer() {
        return buffer;
    }

    /** Starts a message; {@link #endMessage()} must follow. */
    public void beginMessage(int type, int flags, int sequence) {
        ensure(HEADER_BYTES);
        message = position;
        NativeBytes.putInt(buffer, position, 0);
        NativeBytes.putShort(buffer, position + TYPE_OFFSET, type);
        NativeBytes.putShort(buffer, position + FLAGS_OFFSET, flags);
        NativeBytes.putInt(buffer, position + SEQUENCE_OFFSET, sequence);
        NativeBytes.putInt(buffer, position + 12, 0);
        position += HEADER_BYTES;
    }

    /** Ends the message that was started last. */
    public void endMessage() {
        NativeBytes.putInt(buffer, message, position - message);
    }

    /** Adds flags to the message that was started last, ended or not. */
    public void addFlags(int flags) {
        int index = message + FLAGS_OFFSET;
        NativeBytes.putShort(buffer, index, (NativeBytes.getShort(buffer, index) | flags));
    }

    /** Gives the message that was started last another sequence number. */
    void sequence(int sequence) {
        NativeBytes.putInt(buffer, message + SEQUENCE_OFFSET, sequence);
    }

    /** Four bytes without an attribute: parts of a facility's own header. */
    public void fixedInt(int value) {
        ensure(Integer.BYTES);
        NativeBytes.putInt(buffer, position, value);
        position += Integer.BYTES;
    }

    /** Two bytes without an attribute. */
    public void fixedShort(int value) {
        ensure(Short.BYTES);
        NativeBytes.putShort(buffer, position, value);
        position += Short.BYTES;
    }

    /** Two bytes in network order without an attribute. */
    public void fixedNetworkShort(int value) {
        ensure(Short.BYTES);
        NativeBytes.putNetworkShort(buffer, position, value);
        position += Short.BYTES;
    }

    /** One byte without an attribute. */
    public void fixedByte(int value) {
        ensure(1);
        buffer[position] = (byte) value;
        position++;
    }

    /** Starts an attribute that holds attributes, marked NLA_F_NESTED. The result is for {@link #endNested}. */
    public int beginNested(int type) {
        int start = position;
        ensure(ATTRIBUTE_HEADER_BYTES);
        header(0, type | NESTED);
        return start;
    }

    /** @throws KernelException if the attribute is longer than {@link #ATTRIBUTE_BYTES_MAX} */
    public void endNested(int start) {
        int length = position - start;
        if (length > ATTRIBUTE_BYTES_MAX) {
            throw new KernelException(
                    "encode", "netlink attribute", 0, length + " bytes, allowed are " + ATTRIBUTE_BYTES_MAX);
        }
        NativeBytes.putShort(buffer, start, length);
    }

    /** An attribute without a value. */
    public void flag(int type) {
        ensure(ATTRIBUTE_HEADER_BYTES);
        header(ATTRIBUTE_HEADER_BYTES, type);
    }

    public void putByte(int type, int value) {
        ensure(2 * ATTRIBUTE_HEADER_BYTES);
        header(ATTRIBUTE_HEADER_BYTES + 1, type);
        NativeBytes.putInt(buffer, position, 0);
        buffer[position] = (byte) value;
        position += Integer.BYTES;
    }

    public void putShort(int type, int value) {
        ensure(2 * ATTRIBUTE_HEADER_BYTES);
        header(ATTRIBUTE_HEADER_BYTES + Short.BYTES, type);
        NativeBytes.putInt(buffer, position, 0);
        NativeBytes.putShort(buffer, position, value);
        position += Integer.BYTES;
    }

    public void putNetworkShort(int type, int value) {
        putShort(type, 0);
        NativeBytes.putNetworkShort(buffer, position - Integer.BYTES, value);
    }

    public void putInt(int type, int value) {
        ensure(2 * ATTRIBUTE_HEADER_BYTES);
        header(ATTRIBUTE_HEADER_BYTES + Integer.BYTES, type);
        NativeBytes.putInt(buffer, position, value);
        position += Integer.BYTES;
    }

    public void putNetworkInt(int type, int value) {
        ensure(2 * ATTRIBUTE_HEADER_BYTES);
        header(ATTRIBUTE_HEADER_BYTES + Integer.BYTES, type);
        NativeBytes.putNetworkInt(buffer, position, value);
        position += Integer.BYTES;
    }

    public void putNetworkLong(int type, long value) {
        ensure(ATTRIBUTE_HEADER_BYTES + Long.BYTES);
        header(ATTRIBUTE_HEADER_BYTES + Long.BYTES, type);
        NativeBytes.putNetworkInt(buffer, position, (int) (value >>> 32));
        NativeBytes.putNetworkInt(buffer, position + Integer.BYTES, (int) value);
        position += Long.BYTES;
    }

    public void putBytes(int type, byte[] bytes) {
        putBytes(type, bytes, 0, bytes.length);
    }

    public void putBytes(int type, byte[] bytes, int offset, int length) {
        int padded = beginBytes(type, length);
        System.arraycopy(bytes, offset, buffer, position, length);
        position += padded;
    }

    /** Writes again what stands at {@code from}: for runs of attributes that look alike. */
    public void repeat(int from, int length) {
        ensure(length);
        System.arraycopy(buffer, from, buffer, position, length);
        position += length;
    }

    /** Changes bytes that were written before. */
    public void overwrite(int at, byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(at, length, position);
        System.arraycopy(bytes, offset, buffer, at, length);
    }

    /** Text in UTF-8 with a terminating zero. */
    public void putText(int type, String text) {
        int length = text.length();
        int padded = beginBytes(type, length + 1);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                position -= ATTRIBUTE_HEADER_BYTES;
                putBytes(type, (text + "\0").getBytes(StandardCharsets.UTF_8));
                return;
            }
            buffer[position + i] = (byte) c;
        }
        position += padded;
    }

    /** Writes the header, clears the padding and returns the padded length of the value. */
    private int beginBytes(int type, int length) {
        if (length > ATTRIBUTE_BYTES_MAX - ATTRIBUTE_HEADER_BYTES) {
            throw new KernelException("encode", "netlink attribute", 0, "value of " + length + " bytes is too long");
        }
        int padded = (length + 3) & ~3;
        ensure(ATTRIBUTE_HEADER_BYTES + padded);
        header(ATTRIBUTE_HEADER_BYTES + length, type);
        if (padded > 0) {
            NativeBytes.putInt(buffer, position + padded - Integer.BYTES, 0);
        }
        return padded;
    }

    private void header(int length, int type) {
        NativeBytes.putShort(buffer, position, length);
        NativeBytes.putShort(buffer, position + Short.BYTES, type);
        position += ATTRIBUTE_HEADER_BYTES;
    }

    private void ensure(int bytes) {
        if (buffer.length - position >= bytes) {
            return;
        }
        if (bytesMax - position < bytes) {
            throw new KernelException("encode", "netlink messages", 0, "more than " + bytesMax + " bytes");
        }
        int capacity = (int) Math.min(bytesMax, Math.max(2L * buffer.length, (long) position + bytes));
        buffer = Arrays.copyOf(buffer, capacity);
    }
}
