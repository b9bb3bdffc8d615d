package io.fairlead.kernel.nft;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Constant bytes of an expression, comparable by value.
 *
 * <p>Immutable.
 */
public final class NftData {

    private final byte[] bytes;

    private NftData(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The bytes are copied. */
    public static NftData of(byte... bytes) {
        return new NftData(bytes.clone());
    }

    /** Four bytes in host order, as marks, indexes and connection bits are compared. */
    public static NftData hostInt(int value) {
        return new NftData(ByteBuffer.allocate(4)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array());
    }

    /** Two bytes in network order, as ports are compared. */
    public static NftData networkShort(int value) {
        return of((byte) (value >>> 8), (byte) value);
    }

    public int length() {
        return bytes.length;
    }

    /** A copy. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NftData data && Arrays.equals(bytes, data.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** As hexadecimal digits. */
    @Override
    public String toString() {
        return "0x" + HexFormat.of().formatHex(bytes);
    }
}
