package io.fairlead.kernel.netlink;

import java.nio.ByteOrder;

/**
 * Integers in byte arrays, in host and in network order. Plain array accesses, because messages are written and read
 * by the hundred thousand when a program has just started, and views and buffers are slow until they are compiled.
 *
 * <p>Thread-safe: pure functions.
 */
final class NativeBytes {

    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private NativeBytes() {}

    /** Host order, unsigned. */
    static int getShort(byte[] bytes, int at) {
        return LITTLE ? (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8 : getNetworkShort(bytes, at);
    }

    /** Network order, unsigned. */
    static int getNetworkShort(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }

    static int getInt(byte[] bytes, int at) {
        int value = getNetworkInt(bytes, at);
        return LITTLE ? Integer.reverseBytes(value) : value;
    }

    static int getNetworkInt(byte[] bytes, int at) {
        return bytes[at] << 24 | (bytes[at + 1] & 0xff) << 16 | (bytes[at + 2] & 0xff) << 8 | (bytes[at + 3] & 0xff);
    }

    static void putShort(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (LITTLE ? value : value >> 8);
        bytes[at + 1] = (byte) (LITTLE ? value >> 8 : value);
    }

    static void putNetworkShort(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >> 8);
        bytes[at + 1] = (byte) value;
    }

    static void putInt(byte[] bytes, int at, int value) {
        putNetworkInt(bytes, at, LITTLE ? Integer.reverseBytes(value) : value);
    }

    static void putNetworkInt(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >> 24);
        bytes[at + 1] = (byte) (value >> 16);
        bytes[at + 2] = (byte) (value >> 8);
        bytes[at + 3] = (byte) value;
    }
}
