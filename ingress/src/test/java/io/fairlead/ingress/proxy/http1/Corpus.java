package io.fairlead.ingress.proxy.http1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of a corpus file; its README says how they are written.
 *
 * <p>Immutable.
 */
final class Corpus {

    private static final String SEPARATOR = "  =>  ";

    private Corpus() {}

    /**
     * One row.
     *
     * @param place file and line
     * @param escaped what comes in, as it is written
     * @param result what results
     * @param head whether this is the answer to a HEAD
     */
    record Row(String place, String escaped, String result, boolean head) {

        byte[] bytes() {
            return Corpus.bytes(escaped);
        }
    }

    static List<Row> rows(String file) {
        List<Row> rows = new ArrayList<>();
        int line = 0;
        for (String text : text(file).split("\n", -1)) {
            line++;
            if (!text.isBlank() && !text.startsWith("#")) {
                rows.add(row(file + ":" + line, text));
            }
        }
        return rows;
    }

    private static Row row(String place, String text) {
        int separator = text.lastIndexOf(SEPARATOR);
        if (separator < 0) {
            throw new IllegalArgumentException(place + ": no \"=>\" with two spaces around it");
        }
        String bytes = text.substring(0, separator).strip();
        boolean head = bytes.startsWith("[HEAD] ");
        String message = head ? bytes.substring("[HEAD] ".length()) : bytes;
        String result =
                printed(bytes(text.substring(separator + SEPARATOR.length()).strip()));
        return new Row(place, message, result, head);
    }

    private static String text(String file) {
        try (InputStream in = Corpus.class.getResourceAsStream("http1-corpus/" + file)) {
            if (in == null) {
                throw new IllegalArgumentException("no " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    /** Undoes the escapes. */
    static byte[] bytes(String escaped) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int end = write(escaped, 0, out);
        if (end != escaped.length()) {
            throw new IllegalArgumentException("\\} without \\{ in " + escaped);
        }
        return out.toByteArray();
    }

    /** Writes up to the end, or to the end of the repetition that this is in; says where that is. */
    private static int write(String escaped, int from, ByteArrayOutputStream out) {
        int i = from;
        while (i < escaped.length()) {
            char c = escaped.charAt(i++);
            if (c != '\\') {
                out.write(c);
                continue;
            }
            char escape = escaped.charAt(i++);
            switch (escape) {
                case 'r' -> out.write('\r');
                case 'n' -> out.write('\n');
                case 't' -> out.write('\t');
                case '0' -> out.write(0);
                case '\\' -> out.write('\\');
                case 'x' -> {
                    out.write(Integer.parseInt(escaped.substring(i, i + 2), 16));
                    i += 2;
                }
                case '{' -> i = repeat(escaped, i, out);
                case '}' -> {
                    return i - 2;
                }
                default -> throw new IllegalArgumentException("\\" + escape + " in " + escaped);
            }
        }
        return i;
    }

    private static int repeat(String escaped, int from, ByteArrayOutputStream out) {
        int space = escaped.indexOf(' ', from);
        int times = Integer.parseInt(escaped.substring(from, space));
        ByteArrayOutputStream once = new ByteArrayOutputStream();
        int end = write(escaped, space + 1, once);
        for (int i = 0; i < times; i++) {
            out.writeBytes(once.toByteArray());
        }
        return end + 2;
    }

    /** Bytes as a row would have them, for comparing and for messages. */
    static String printed(byte[] bytes) {
        return printed(bytes, 0, bytes.length);
    }

    static String printed(byte[] bytes, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            switch (bytes[i]) {
                case '\r' -> text.append("\\r");
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                case '\\' -> text.append("\\\\");
                case 0 -> text.append("\\0");
                default -> {
                    boolean visible = bytes[i] >= ' ' && bytes[i] < 0x7f;
                    text.append(visible ? String.valueOf((char) bytes[i]) : "\\x%02x".formatted(bytes[i]));
                }
            }
        }
        return text.toString();
    }
}
