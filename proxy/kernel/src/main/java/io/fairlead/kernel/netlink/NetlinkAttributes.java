package io.fairlead.kernel.netlink;

import io.fairlead.kernel.KernelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A window that moves over a run of attributes. Nothing is copied and nothing is trusted: a length that leaves the run,
 * or a value that has not the width that is asked for, ends the reading with a {@link KernelException}.
 *
 * <p>Hot path: moving and reading numbers allocates nothing.
 *
 * <p>Confined to the thread of its socket.
 */
public final class NetlinkAttributes {

    private static final int HEADER_BYTES = NetlinkWriter.ATTRIBUTE_HEADER_BYTES;
    /** Without NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
    private static final int TYPE_MASK = 0x3fff;

    private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private int end;
    private int start;
    private int following;
    private int length;

    /** Puts the window in front of the first attribute. */
    void reset(ByteBuffer bytes, int offset, int size) {
        buffer = bytes;
        following = offset;
        end = offset + size;
        length = HEADER_BYTES;
    }

    /** Moves to the next attribute; false behind the last one. */
    public boolean next() {
        int left = end - following;
        if (left <= 0) {
            return false;
        }
        start = following;
        length = left < HEADER_BYTES ? 0 : buffer.getShort(start) & 0xffff;
        if (length < HEADER_BYTES || length > left) {
            throw NetlinkMessage.malformed("attribute of " + length + " bytes, " + left + " are left");
        }
        following = start + ((length + 3) & ~3);
        return true;
    }

    public int type() {
        return buffer.getShort(start + Short.BYTES) & TYPE_MASK;
    }

    /** Bytes of the value. */
    public int length() {
        return length - HEADER_BYTES;
    }

    /** One byte, unsigned. */
    public int byteValue() {
        return buffer.get(value(1)) & 0xff;
    }

    /** Two bytes in host order, unsigned. */
    public int shortValue() {
        return buffer.getShort(value(Short.BYTES)) & 0xffff;
    }

    /** Two bytes in network order, unsigned. */
    public int networkShortValue() {
        short value = buffer.getShort(value(Short.BYTES));
        return (SWAP ? Short.reverseBytes(value) : value) & 0xffff;
    }

    /** Four bytes in host order. */
    public int intValue() {
        return buffer.getInt(value(Integer.BYTES));
    }

    /** Four bytes in network order. */
    public int networkIntValue() {
        int value = buffer.getInt(value(Integer.BYTES));
        return SWAP ? Integer.reverseBytes(value) : value;
    }

    /** Eight bytes in network order. */
    public long networkLongValue() {
        long value = buffer.getLong(value(Long.BYTES));
        return SWAP ? Long.reverseBytes(value) : value;
    }

    /** Text up to the terminating zero. */
    public String textValue() {
        byte[] bytes = bytesValue();
        int size = 0;
        while (size < bytes.length && bytes[size] != 0) {
            size++;
        }
        return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }

    /** Whether {@link #textValue()} equals {@code text}; allocates nothing if both are ASCII. */
    public boolean textEquals(String text) {
        int size = text.length();
        if (length() != size + 1) {
            return textValue().equals(text);
        }
        for (int i = 0; i < size; i++) {
            byte b = buffer.get(start + HEADER_BYTES + i);
            if (b != text.charAt(i)) {
                return b < 0 && textValue().equals(text);
            }
        }
        return true;
    }

    /** A copy of the value. */
    public byte[] bytesValue() {
        byte[] bytes = new byte[length()];
        buffer.get(start + HEADER_BYTES, bytes);
        return bytes;
    }

    /** Copies the value, which must be exactly as long as {@code into}. */
    public void copyTo(byte[] into) {
        buffer.get(value(into.length), into);
    }

    /** Points {@code inner} at the attributes inside this one. */
    public void nested(NetlinkAttributes inner) {
        inner.reset(buffer, start + HEADER_BYTES, length());
    }

    private int value(int width) {
        if (length() != width) {
            throw NetlinkMessage.malformed("attribute " + type() + " has " + length() + " bytes, expected " + width);
        }
        return start + HEADER_BYTES;
    }
}
