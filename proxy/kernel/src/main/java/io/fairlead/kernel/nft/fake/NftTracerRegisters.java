package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.nft.NftData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The sixteen registers of nf_tables.
 *
 * <p>Confined to the thread of its walk.
 */
final class NftTracerRegisters {

    private static final int REGISTER_BYTES = 4;

    private final byte[] bytes = new byte[16 * REGISTER_BYTES];

    /** Stores a value; the rest of its last register becomes zero, as in the kernel. */
    void store(int register, byte[] value) {
        int start = register * REGISTER_BYTES;
        int end = start + (value.length + REGISTER_BYTES - 1) / REGISTER_BYTES * REGISTER_BYTES;
        Arrays.fill(bytes, start, end, (byte) 0);
        System.arraycopy(value, 0, bytes, start, value.length);
    }

    void storeHostInt(int register, int value) {
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putInt(register * REGISTER_BYTES, value);
    }

    byte[] load(int register, int length) {
        int start = register * REGISTER_BYTES;
        return Arrays.copyOfRange(bytes, start, start + length);
    }

    NftData data(int register, int length) {
        return NftData.of(load(register, length));
    }
}
