package io.fairlead.ingress.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Runs the scanners over bytes that come in pieces, and says what resulted, in the words of the corpus.
 *
 * <p>Thread-safe: it has no state.
 */
final class Read {

    /**
     * Before the head and behind what came, where nothing may be read, there is something that would change the
     * result.
     */
    private static final int MARGIN = 24;

    private Read() {}

    /** The whole in one piece. */
    static int[] whole(byte[] bytes) {
        return new int[] {bytes.length};
    }

    static int[] byteByByte(byte[] bytes) {
        int[] ends = new int[bytes.length];
        Arrays.setAll(ends, i -> i + 1);
        return ends;
    }

    static String request(RequestHead head, byte[] bytes, int[] ends, boolean afterAnother, char margin) {
        head.begin(MARGIN, afterAnother);
        Progress progress = Progress.MORE;
        byte[] text = surroundings(bytes.length, margin);
        int from = 0;
        for (int i = 0; i < ends.length && progress == Progress.MORE; i++) {
            System.arraycopy(bytes, from, text, MARGIN + from, ends[i] - from);
            from = ends[i];
            progress = head.scan(text, MARGIN + from);
        }
        return switch (progress) {
            case MORE -> "more";
            case REFUSED -> head.fault().name();
            case COMPLETE -> describe(head, text, bytes.length + MARGIN);
        };
    }

    static String response(ResponseHead head, byte[] bytes, int[] ends, RequestMethod method, char margin) {
        head.begin(MARGIN, method);
        Progress progress = Progress.MORE;
        byte[] text = surroundings(bytes.length, margin);
        int from = 0;
        for (int i = 0; i < ends.length && progress == Progress.MORE; i++) {
            System.arraycopy(bytes, from, text, MARGIN + from, ends[i] - from);
            from = ends[i];
            progress = head.scan(text, MARGIN + from);
        }
        return switch (progress) {
            case MORE -> "more";
            case REFUSED -> head.fault().name();
            case COMPLETE -> describe(head, bytes.length + MARGIN);
        };
    }

    private static byte[] surroundings(int length, char margin) {
        byte[] text = new byte[length + 2 * MARGIN];
        Arrays.fill(text, (byte) margin);
        return text;
    }

    private static String describe(RequestHead head, byte[] text, int end) {
        List<String> words = new ArrayList<>();
        words.add(Corpus.printed(text, head.methodFrom(), head.methodTo()));
        words.add(orHyphen(Corpus.printed(text, head.pathFrom(), head.pathTo())));
        words.add(orHyphen(Corpus.printed(text, head.hostFrom(), head.hostTo())));
        words.add(framing(head.framing(), head.fields()));
        words.add(head.persistent() ? "keep" : "close");
        if (!head.isHttp11()) {
            words.add("http10");
        }
        if (head.form() != RequestHead.TargetForm.ORIGIN) {
            words.add(head.form().name().toLowerCase(Locale.ROOT));
        }
        if (head.expectsContinue()) {
            words.add("expect");
        }
        upgrade(words, head.fields(), head.upgradeField());
        if (head.fields().acceptsTrailers()) {
            words.add("te");
        }
        return ended(words, head.fields(), end - head.end());
    }

    private static String describe(ResponseHead head, int end) {
        List<String> words = new ArrayList<>();
        words.add(String.valueOf(head.status()));
        words.add(framing(head.framing(), head.fields()));
        words.add(head.persistent() ? "keep" : "close");
        if (!head.isHttp11()) {
            words.add("http10");
        }
        if (head.informational()) {
            words.add("informational");
        }
        upgrade(words, head.fields(), head.upgradeField());
        if (head.framing() != Framing.LENGTH && head.fields().contentLength() >= 0) {
            words.add("declares=" + head.fields().contentLength());
        }
        return ended(words, head.fields(), end - head.end());
    }

    private static String orHyphen(String word) {
        return word.isEmpty() ? "-" : word;
    }

    private static String framing(Framing framing, HeadFields fields) {
        return switch (framing) {
            case NONE -> "none";
            case LENGTH -> "length=" + fields.contentLength();
            case CHUNKED -> "chunked";
            case UNTIL_CLOSE -> "until-close";
        };
    }

    private static void upgrade(List<String> words, HeadFields fields, int field) {
        if (field >= 0) {
            words.add("upgrade=" + Corpus.printed(fields.text(), fields.valueFrom(field), fields.valueTo(field)));
        }
    }

    private static String ended(List<String> words, HeadFields fields, int rest) {
        int dropped = 0;
        for (int i = 0; i < fields.count(); i++) {
            dropped += fields.isDropped(i) ? 1 : 0;
        }
        if (dropped > 0) {
            words.add("dropped=" + dropped);
        }
        if (rest > 0) {
            words.add("rest=" + rest);
        }
        return String.join(" ", words);
    }

    /** Also checks that what passes, with the trailers, is what came in. */
    static String chunked(ChunkScanner scanner, byte[] bytes, int[] ends) {
        scanner.begin();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        int consumed = 0;
        int from = 0;
        for (int i = 0; i < ends.length && scanner.progress() == Progress.MORE; i++) {
            // A buffer of its own for each piece: its bounds are those of the piece.
            ByteBuf piece = Unpooled.wrappedBuffer(Arrays.copyOfRange(bytes, from, ends[i]));
            int at = 0;
            while (at < piece.capacity() && scanner.progress() == Progress.MORE) {
                int to = scanner.step(piece, at, piece.capacity());
                if (scanner.piece() != ChunkScanner.Piece.TRAILER) {
                    taken.write(bytes, from + at, to - at);
                }
                if (scanner.piece() == ChunkScanner.Piece.DATA) {
                    data.write(bytes, from + at, to - at);
                }
                at = to;
            }
            consumed = from + at;
            from = ends[i];
        }
        return switch (scanner.progress()) {
            case MORE -> "more data=" + data(data);
            case REFUSED -> scanner.fault().name();
            case COMPLETE -> {
                passesUnchanged(scanner, bytes, consumed, taken);
                int rest = bytes.length - consumed;
                yield "end data=" + data(data) + trailers(scanner) + (rest > 0 ? " rest=" + rest : "");
            }
        };
    }

    private static void passesUnchanged(ChunkScanner scanner, byte[] bytes, int consumed, ByteArrayOutputStream taken) {
        if (scanner.hasTrailers()) {
            ByteBuf out = Unpooled.buffer();
            ForwardedHead.fields(out, scanner.trailers(), 0);
            ForwardedHead.end(out, scanner.trailers());
            taken.write(out.array(), 0, out.readableBytes());
        }
        if (!Arrays.equals(taken.toByteArray(), Arrays.copyOf(bytes, consumed))) {
            throw new AssertionError("passed on: " + Corpus.printed(taken.toByteArray()));
        }
    }

    private static String data(ByteArrayOutputStream data) {
        return data.size() > 40 ? data.size() + " bytes" : Corpus.printed(data.toByteArray());
    }

    private static String trailers(ChunkScanner scanner) {
        if (!scanner.hasTrailers()) {
            return "";
        }
        HeadFields fields = scanner.trailers();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < fields.count(); i++) {
            names.add(Corpus.printed(fields.text(), fields.nameFrom(i), fields.nameTo(i)));
        }
        return " trailers=" + String.join(",", names);
    }
}
