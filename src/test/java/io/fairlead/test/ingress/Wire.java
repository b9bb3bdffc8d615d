package io.fairlead.test.ingress;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads HTTP/1.1 as it comes, and judges nothing: what tests compare is what was on the wire.
 *
 * <p>Confined to the thread of its connection.
 */
final class Wire {

    private static final int PIECE_BYTES = 1 << 16;

    private final InputStream in;
    private final int keptMax;

    /** @param keptMax bytes of contents that are kept; of the rest, only number and sum are */
    Wire(InputStream in, int keptMax) {
        this.in = in;
        this.keptMax = keptMax;
    }

    /**
     * A field line.
     *
     * <p>Immutable.
     */
    record Field(String name, String value) {

        boolean is(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    /**
     * Content of a message.
     *
     * <p>Immutable.
     *
     * @param kept its first bytes, each as a character
     * @param sum CRC-32C of all
     */
    record Content(String kept, long bytes, long sum, List<Field> trailers) {

        static final Content NONE = new Content("", 0, 0, List.of());

        @Override
        public String toString() {
            return bytes + " bytes, sum " + Long.toHexString(sum) + ", trailers " + trailers;
        }
    }

    /**
     * A message.
     *
     * <p>Immutable.
     */
    record Message(String startLine, List<Field> fields, Content content) {

        int status() {
            return Integer.parseInt(startLine.substring(9, 12));
        }

        /** The value of its only field of this name, values of several with commas between; empty if there is none. */
        String field(String name) {
            return String.join(
                    ", ",
                    fields.stream()
                            .filter(each -> each.is(name))
                            .map(Field::value)
                            .toList());
        }

        boolean has(String name) {
            return fields.stream().anyMatch(each -> each.is(name));
        }

        /** Its content. */
        String text() {
            return content.kept();
        }

        Message with(Content other) {
            return new Message(startLine, fields, other);
        }
    }

    /** The head of a message, without content; null if the connection ended before it. */
    @Nullable
    Message head() throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        return new Message((char) first + line(), fields(), Content.NONE);
    }

    private List<Field> fields() throws IOException {
        List<Field> fields = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            fields.add(new Field(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return List.copyOf(fields);
    }

    private String line() throws IOException {
        StringBuilder text = new StringBuilder();
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the connection ended in a line: " + text);
            }
            if (b == '\n') {
                return text.toString();
            }
            if (b != '\r') {
                text.append((char) b);
            }
        }
    }

    /** The content that follows the head of a request. */
    Content ofRequest(Message head) throws IOException {
        if (isChunked(head)) {
            return chunks();
        }
        return head.has("Content-Length") ? piece(Long.parseLong(head.field("Content-Length"))) : Content.NONE;
    }

    static boolean isChunked(Message head) {
        return head.field("Transfer-Encoding").toLowerCase(Locale.ROOT).contains("chunked");
    }

    /** The content that follows the head of an answer. */
    Content ofAnswer(Message head, boolean toHead) throws IOException {
        int status = head.status();
        if (toHead || status < 200 || status == 204 || status == 304) {
            return Content.NONE;
        }
        return isChunked(head) || head.has("Content-Length") ? ofRequest(head) : piece(Long.MAX_VALUE);
    }

    private Content chunks() throws IOException {
        Sink sink = new Sink();
        while (true) {
            String size = line();
            int semicolon = size.indexOf(';');
            long bytes = Long.parseLong((semicolon < 0 ? size : size.substring(0, semicolon)).strip(), 16);
            if (bytes == 0) {
                return sink.content(fields());
            }
            sink.take(bytes, true);
            if (!line().isEmpty()) {
                throw new IOException("a chunk does not end with a line's end");
            }
        }
    }

    private Content piece(long bytes) throws IOException {
        Sink sink = new Sink();
        sink.take(bytes, bytes != Long.MAX_VALUE);
        return sink.content(List.of());
    }

    /**
     * Sums up what comes.
     *
     * <p>Confined to the thread of its connection.
     */
    private final class Sink {

        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final CRC32C sum = new CRC32C();
        private long bytes;

        void take(long length, boolean all) throws IOException {
            byte[] piece = new byte[(int) Math.min(length, PIECE_BYTES)];
            long left = length;
            while (left > 0) {
                int read = in.read(piece, 0, (int) Math.min(left, piece.length));
                if (read < 0 && all) {
                    throw new EOFException(left + " bytes of content are missing");
                }
                if (read < 0) {
                    return;
                }
                sum.update(piece, 0, read);
                kept.write(piece, 0, Math.min(read, keptMax - kept.size()));
                bytes += read;
                left -= read;
            }
        }

        Content content(List<Field> trailers) {
            return new Content(kept.toString(StandardCharsets.ISO_8859_1), bytes, sum.getValue(), trailers);
        }
    }
}
