package io.fairlead.kernel.netlink;

import io.fairlead.kernel.KernelException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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

    private byte[] buffer = {};
    private int end;
    private int start;
    private int following;
    private int length;

    /** Puts the window in front of the first attribute. */
    void reset(byte[] bytes, int offset, int size) {
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
        length = left < HEADER_BYTES ? 0 : NativeBytes.getShort(buffer, start);
        if (length < HEADER_BYTES || length > left) {
            throw NetlinkMessage.malformed("attribute of " + length + " bytes, " + left + " are left");
        }
        following = start + ((length + 3) & ~3);
        return true;
    }

    public int type() {
        return NativeBytes.getShort(buffer, start + Short.BYTES) & TYPE_MASK;
    }

    /** Bytes of the value. */
    public int length() {
        return length - HEADER_BYTES;
    }

    /** One byte, unsigned. */
    public int byteValue() {
        return buffer[value(1)] & 0xff;
    }

    /** Two bytes in host order, unsigned. */
    public int shortValue() {
        return NativeBytes.getShort(buffer, value(Short.BYTES));
    }

    /** Two bytes in network order, unsigned. */
    public int networkShortValue() {
        return NativeBytes.getNetworkShort(buffer, value(Short.BYTES));
    }

    /** Four bytes in host order. */
    public int intValue() {
        return NativeBytes.getInt(buffer, value(Integer.BYTES));
    }

    /** Four bytes in network order. */
    public int networkIntValue() {
        return NativeBytes.getNetworkInt(buffer, value(Integer.BYTES));
    }

    /** Eight bytes in network order. */
    public long networkLongValue() {
        int at = value(Long.BYTES);
        long high = NativeBytes.getNetworkInt(buffer, at);
        return high << 32 | Integer.toUnsignedLong(NativeBytes.getNetworkInt(buffer, at + Integer.BYTES));
    }

    /** Text up to the terminating zero. */
    public String textValue() {
        int size = 0;
        while (size < length() && buffer[start + HEADER_BYTES + size] != 0) {
            size++;
        }
        return new String(buffer, start + HEADER_BYTES, size, StandardCharsets.UTF_8);
    }

    /** Whether {@link #textValue()} equals {@code text}; allocates nothing if both are ASCII. */
    public boolean textEquals(String text) {
        int size = text.length();
        if (length() != size + 1) {
            return textValue().equals(text);
        }
        for (int i = 0; i < size; i++) {
            byte b = buffer[start + HEADER_BYTES + i];
            if (b != text.charAt(i)) {
                return b < 0 && textValue().equals(text);
            }
        }
        return true;
    }

    /** A copy of the value. */
    public byte[] bytesValue() {
        return Arrays.copyOfRange(buffer, start + HEADER_BYTES, start + length);
    }

    /** Copies the value, which must be exactly as long as {@code into}. */
    public void copyTo(byte[] into) {
        System.arraycopy(buffer, value(into.length), into, 0, into.length);
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
