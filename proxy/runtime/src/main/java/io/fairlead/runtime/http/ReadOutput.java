package io.fairlead.runtime.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;

/**
 * The standard output, which refuses as soon as nobody reads it: a {@link PrintStream} alone would go on for ever.
 *
 * <p>Confined to the main thread.
 */
public final class ReadOutput extends FilterOutputStream {

    private final PrintStream stream;

    public ReadOutput(PrintStream stream) {
        super(stream);
        this.stream = stream;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        stream.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
        if (stream.checkError()) {
            throw new IOException("nobody reads the output");
        }
    }
}
