package io.fairlead.test.ingress;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Content of any length in which a piece that is lost, repeated or misplaced shows in the sum.
 *
 * <p>Immutable: pure functions.
 */
final class Bulk {

    private static final int BLOCK_BYTES = 1 << 16;

    private Bulk() {}

    /** Writes that many bytes. */
    static void write(OutputStream out, long bytes) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        for (long from = 0; from < bytes; from += BLOCK_BYTES) {
            fill(block, from);
            out.write(block.array(), 0, (int) Math.min(BLOCK_BYTES, bytes - from));
        }
    }

    private static void fill(ByteBuffer block, long from) {
        for (int i = 0; i < BLOCK_BYTES; i += 4096) {
            block.putLong(i, from + i);
        }
    }

    /** CRC-32C of that many bytes. */
    static long sum(long bytes) {
        CRC32C sum = new CRC32C();
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        for (long from = 0; from < bytes; from += BLOCK_BYTES) {
            fill(block, from);
            sum.update(block.array(), 0, (int) Math.min(BLOCK_BYTES, bytes - from));
        }
        return sum.getValue();
    }
}
