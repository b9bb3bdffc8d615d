package io.fairlead.ingress.proxy.http2;

import io.fairlead.ingress.proxy.http1.HttpBytes;
import io.fairlead.ingress.proxy.http1.KnownField;
import java.nio.charset.StandardCharsets;

/**
 * Turns the text of heads into HPACK (RFC 7541): names by the static table, values as they are. No dynamic table is
 * used, so that blocks need neither an order nor a memory, and no Huffman code, which costs more here than the bytes that
 * it saves. The text is one that the proxy wrote: each line ends with CR LF, an empty line ends the head.
 *
 * <p>Hot path: allocates nothing.
 *
 * <p>Thread-safe: it has no state that changes.
 */
public final class FieldEncoder {

    /** At the start of a connection's first block: the table is empty and stays so (RFC 7541 section 6.3). */
    static final int NO_TABLE = 0x20;

    private static final int INDEXED = 0x80;
    private static final int LITERAL = 0x00;
    /** Nobody on the way may keep the value in a table (RFC 7541 section 7.1.3). */
    private static final int NEVER_INDEXED = 0x10;

    private static final int LITERAL_PREFIX = 15;
    private static final int LENGTH_PREFIX = 127;

    private static final int AUTHORITY = 1;
    private static final int METHOD = 2;
    private static final int GET = 2;
    private static final int POST = 3;
    private static final int PATH = 4;
    private static final int ROOT = 4;
    private static final int SCHEME_HTTP = 6;
    private static final int SCHEME_HTTPS = 7;
    private static final int STATUS = 8;
    private static final int STATUS_DIGITS = 3;
    /** Behind "HTTP/1.1 ". */
    private static final int STATUS_FROM = 9;
    /** Bytes of " HTTP/1.1". */
    private static final int VERSION_BYTES = 9;

    private static final byte[] HOST = ascii("host");
    private static final byte[] TE = ascii("te");
    private static final byte[] TRAILERS = ascii("trailers");

    /** Fields of one hop; Host becomes a pseudo-header field. */
    private static final long LEFT_OUT = KnownField.set(
            KnownField.HOST,
            KnownField.CONNECTION,
            KnownField.KEEP_ALIVE,
            KnownField.PROXY_CONNECTION,
            KnownField.TRANSFER_ENCODING,
            KnownField.UPGRADE,
            KnownField.TE);

    private static final long SENSITIVE =
            KnownField.set(KnownField.AUTHORIZATION, KnownField.COOKIE, KnownField.SET_COOKIE);

    private FieldEncoder() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A request's head: the text begins with its request line. */
    public static void request(byte[] text, int to, boolean https, boolean acceptsTrailers, HeadBuffer out) {
        int lineTo = lineEnd(text, 0);
        int methodTo = HttpBytes.tokenEnd(text, 0, lineTo);
        method(text, methodTo, out);
        out.add(INDEXED | (https ? SCHEME_HTTPS : SCHEME_HTTP));
        host(text, lineTo + 2, to, out);
        path(text, methodTo + 1, lineTo - VERSION_BYTES, out);
        lines(text, lineTo + 2, to, out);
        if (acceptsTrailers) {
            out.add(LITERAL);
            string(TE, 0, TE.length, out);
            string(TRAILERS, 0, TRAILERS.length, out);
        }
    }

    private static void method(byte[] text, int to, HeadBuffer out) {
        if (to == 3 && text[0] == 'G') {
            out.add(INDEXED | GET);
        } else if (to == 4 && text[0] == 'P' && text[1] == 'O' && text[2] == 'S') {
            out.add(INDEXED | POST);
        } else {
            indexedName(METHOD, LITERAL, out);
            string(text, 0, to, out);
        }
    }

    private static void host(byte[] text, int from, int to, HeadBuffer out) {
        int at = from;
        while (at < to && text[at] != '\r') {
            int end = lineEnd(text, at);
            int colon = at + HOST.length;
            if (colon < end && text[colon] == ':' && HttpBytes.tokenIs(text, at, colon, HOST)) {
                indexedName(AUTHORITY, LITERAL, out);
                value(text, colon + 1, end, out);
                return;
            }
            at = end + 2;
        }
    }

    private static void path(byte[] text, int from, int to, HeadBuffer out) {
        if (to == from + 1 && text[from] == '/') {
            out.add(INDEXED | ROOT);
        } else {
            indexedName(PATH, LITERAL, out);
            string(text, from, to, out);
        }
    }

    /** An answer's head: the text begins with its status line. */
    public static void answer(byte[] text, int to, HeadBuffer out) {
        int index = statusIndex(text);
        if (index > 0) {
            out.add(INDEXED | index);
        } else {
            indexedName(STATUS, LITERAL, out);
            string(text, STATUS_FROM, STATUS_FROM + STATUS_DIGITS, out);
        }
        lines(text, lineEnd(text, STATUS_FROM) + 2, to, out);
    }

    /** Statuses that the static table has, or 0. */
    private static int statusIndex(byte[] text) {
        int code = (text[STATUS_FROM] - '0') * 100 + (text[STATUS_FROM + 1] - '0') * 10 + text[STATUS_FROM + 2] - '0';
        return switch (code) {
            case 200 -> 8;
            case 204 -> 9;
            case 206 -> 10;
            case 304 -> 11;
            case 400 -> 12;
            case 404 -> 13;
            case 500 -> 14;
            default -> 0;
        };
    }

    /** Field lines up to the empty one. */
    public static void lines(byte[] text, int from, int to, HeadBuffer out) {
        int at = from;
        while (at < to && text[at] != '\r') {
            int colon = at;
            while (text[colon] != ':') {
                colon++;
            }
            int end = lineEnd(text, colon);
            line(text, at, colon, end, out);
            at = end + 2;
        }
    }

    private static void line(byte[] text, int from, int colon, int end, HeadBuffer out) {
        long field = KnownField.of(text, from, colon).bit();
        if ((field & LEFT_OUT) != 0) {
            return;
        }
        int kind = (field & SENSITIVE) != 0 ? NEVER_INDEXED : LITERAL;
        int index = StaticTable.nameIndex(text, from, colon);
        if (index > 0) {
            indexedName(index, kind, out);
        } else {
            out.add(kind);
            name(text, from, colon, out);
        }
        value(text, colon + 1, end, out);
    }

    private static int lineEnd(byte[] text, int from) {
        int at = from;
        while (text[at] != '\r') {
            at++;
        }
        return at;
    }

    private static void indexedName(int index, int kind, HeadBuffer out) {
        if (index < LITERAL_PREFIX) {
            out.add(kind | index);
        } else {
            out.add(kind | LITERAL_PREFIX);
            // The static table ends at 61: what is left fits a byte.
            out.add(index - LITERAL_PREFIX);
        }
    }

    private static void name(byte[] text, int from, int to, HeadBuffer out) {
        length(to - from, out);
        for (int i = from; i < to; i++) {
            byte b = text[i];
            out.add(b >= 'A' && b <= 'Z' ? b | 0x20 : b);
        }
    }

    private static void value(byte[] text, int from, int to, HeadBuffer out) {
        int first = from;
        int last = to;
        while (first < last && (text[first] == ' ' || text[first] == '\t')) {
            first++;
        }
        while (last > first && (text[last - 1] == ' ' || text[last - 1] == '\t')) {
            last--;
        }
        string(text, first, last, out);
    }

    private static void string(byte[] text, int from, int to, HeadBuffer out) {
        length(to - from, out);
        out.add(text, from, to - from);
    }

    /** RFC 7541 section 5.1, of seven bits. */
    private static void length(int length, HeadBuffer out) {
        if (length < LENGTH_PREFIX) {
            out.add(length);
            return;
        }
        out.add(LENGTH_PREFIX);
        int rest = length - LENGTH_PREFIX;
        for (; rest >= 128; rest >>>= 7) {
            out.add(rest & 127 | 128);
        }
        out.add(rest);
    }
}
