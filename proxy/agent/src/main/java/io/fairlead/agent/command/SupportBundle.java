package io.fairlead.agent.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The file of a bug report: texts in a zip, each of bounded length, readable by its owner only, without what looks like a
 * secret.
 *
 * <p>Confined to the main thread.
 */
final class SupportBundle implements AutoCloseable {

    /** Of one text, before it is compressed. */
    static final int TEXT_BYTES_MAX = 8 << 20;

    private static final int LINE_BYTES_MAX = 16 * 1024;

    private final ZipOutputStream zip;

    /** Writes one text. Throws what {@code out} throws. */
    @FunctionalInterface
    interface Text {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Creates the file.
     *
     * @throws IOException if it exists or cannot be created
     */
    SupportBundle(Path file) throws IOException {
        this.zip = new ZipOutputStream(
                Channels.newOutputStream(Files.newByteChannel(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))),
                StandardCharsets.UTF_8);
    }

    void add(String name, Text text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        Lines lines = new Lines();
        text.writeTo(lines);
        lines.end();
        zip.closeEntry();
    }

    void add(String name, String text) throws IOException {
        add(name, out -> out.write(bytes(text)));
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    /** Cuts bytes into lines, since secrets are looked for in whole lines. */
    private final class Lines extends OutputStream {

        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private int written;
        private boolean full;

        @Override
        public void write(int b) throws IOException {
            if (b == '\n') {
                endLine();
            } else {
                if (line.size() == LINE_BYTES_MAX) {
                    endLine();
                }
                line.write(b);
            }
        }

        private void end() throws IOException {
            if (line.size() > 0) {
                endLine();
            }
        }

        private void endLine() throws IOException {
            byte[] clean = bytes(Redaction.line(line.toString(StandardCharsets.UTF_8)) + "\n");
            line.reset();
            boolean fits = written + clean.length <= TEXT_BYTES_MAX;
            if (!full) {
                zip.write(fits ? clean : bytes("(cut here: too long)\n"));
                written += clean.length;
                full = !fits;
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
