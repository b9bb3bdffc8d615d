package io.fairlead.cluster.source.decode;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A stream that ends after so many bytes: a file can grow while it is read.
 *
 * <p>Confined to the thread of its source.
 */
public final class BoundedInput extends FilterInputStream {

    private long left;

    public BoundedInput(InputStream in, long max) {
        super(in);
        this.left = max;
    }

    @Override
    public int read() throws IOException {
        int value = left <= 0 ? -1 : super.read();
        left -= value < 0 ? 0 : 1;
        return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = left <= 0 ? -1 : super.read(target, offset, (int) Math.min(length, left));
        left -= Math.max(count, 0);
        return count;
    }
}
