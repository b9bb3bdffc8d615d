package io.fairlead.ingress.route.request;

import java.nio.charset.StandardCharsets;

/**
 * Path and query of a request target in origin-form (RFC 9112, section 3.2.1), normalised by RFC 3986, section 6.2.2.
 *
 * <p>The result is matched against routes and, byte for byte, forwarded: proxy and backend see one path, and what two
 * spellings of one path mean is decided here once.
 *
 * <ul>
 *   <li>The path begins with a slash. ({@code *} of OPTIONS is not a path: its caller recognises it before.)
 *   <li>Bytes other than those of RFC 3986, section 3.3, are refused in a path; a query (section 3.4) may also hold
 *       those that browsers send there unescaped, which is all of printable ASCII but {@code #}, {@code <} and
 *       {@code >} (WHATWG URL, query percent-encode set, and the double quote).
 *   <li>Escapes in a path must be valid, and not NUL. Those of unreserved characters are decoded (6.2.2.2),
 * once: what
 *       {@code %252e} holds is a percent sign. The others stay, with digits in upper case (6.2.2.1), for else
 * one rule
 *       would have two spellings, of which one would be matched. So {@code %2F} and {@code %5C} stay data and never
 *       separate segments.
 *   <li>Dot segments go (6.2.2.3, 5.2.4). One that would climb above the root is refused, and so is one with a
 *       parameter ({@code /..;x/}), which is an ordinary segment to RFC 3986 and a dot segment to servlet containers.
 *   <li>Empty segments stay: RFC 3986 gives them a meaning, and merging them is a rewrite.
 *   <li>A query is the application's: its bytes are checked, its escapes are neither read nor changed.
 * </ul>
 *
 * <p>A path that is in this form already is recognised in one pass and not copied. Otherwise the whole target is
 * written to a scratch array, which grows to the longest target that needed it and is never given back.
 *
 * <p>Confined to the event loop thread of its connection.
 */
public final class RequestPath {

    /** Bits of {@link #CLASSES}: what a byte may be. A byte without bits is refused wherever it stands. */
    private static final byte IN_PATH = 1;

    private static final byte IN_QUERY = 2;
    private static final byte UNRESERVED = 4;

    /** In a path, but it may need a closer look: percent sign and full stop. */
    private static final byte NOTABLE = 8;

    private static final byte[] CLASSES = classes();

    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private byte[] scratch = new byte[256];
    private byte[] text = scratch;
    private int pathFrom;
    private int pathTo;
    private int queryTo;

    /**
     * Hot path: reads a request target.
     *
     * @param from the first byte of the target in {@code input}
     * @param to behind its last byte
     * @return {@link PathVerdict#ACCEPTED}, and then the accessors are valid until the next call and as long as
     *     {@code input} does not change; or why the request is to be refused, and then they are undefined
     */
    public PathVerdict read(byte[] input, int from, int to) {
        if (from >= to || input[from] != '/') {
            return PathVerdict.NOT_ABSOLUTE;
        }
        boolean rewrite = false;
        int at = from;
        for (; at < to && input[at] != '?'; at++) {
            byte bits = CLASSES[input[at] & 0xff];
            if ((bits & IN_PATH) == 0) {
                return PathVerdict.BAD_BYTE;
            }
            if ((bits & NOTABLE) == 0) {
                continue;
            }
            if (input[at] == '.') {
                rewrite |= input[at - 1] == '/' && mayBeDots(input, at + 1, to);
                continue;
            }
            int value = escaped(input, at, to);
            if (value <= 0) {
                return value == 0 ? PathVerdict.NUL : PathVerdict.BAD_ESCAPE;
            }
            rewrite |= changes(input, at, value);
            at += 2;
        }
        for (int i = at; i < to; i++) {
            if ((CLASSES[input[i] & 0xff] & IN_QUERY) == 0) {
                return PathVerdict.BAD_BYTE;
            }
        }
        if (rewrite) {
            return rewrite(input, from, at, to);
        }
        text = input;
        pathFrom = from;
        pathTo = at;
        queryTo = to;
        return PathVerdict.ACCEPTED;
    }

    /** The array that the ranges are of: the one that was read, or a scratch array of this object. */
    public byte[] text() {
        return text;
    }

    /** The first byte of the path, and of the target to forward, which ends at {@link #queryTo}. */
    public int pathFrom() {
        return pathFrom;
    }

    /** Behind the last byte of the path: the question mark's place if there is a query. */
    public int pathTo() {
        return pathTo;
    }

    /** The first byte of the query, behind its question mark; {@link #pathTo} when there is none. */
    public int queryFrom() {
        return Math.min(pathTo + 1, queryTo);
    }

    /** Behind the last byte of the query and of the target to forward. */
    public int queryTo() {
        return queryTo;
    }

    /**
     * Whether a segment needs a look whose first full stop is before {@code at}: only dots are before what ends
     * it.
     */
    private static boolean mayBeDots(byte[] input, int at, int to) {
        int next = at < to && input[at] == '.' ? at + 1 : at;
        if (next == to) {
            return true;
        }
        byte b = input[next];
        return b == '/' || b == '%' || b == ';' || b == '?';
    }

    /** Whether the escape at {@code at}, of this value, is not in its normal form. */
    private static boolean changes(byte[] input, int at, int value) {
        return (CLASSES[value] & UNRESERVED) != 0
                || input[at + 1] != HEX[value >> 4]
                || input[at + 2] != HEX[value & 15];
    }

    /** The value of the escape at {@code at}, or -1 if it is none. */
    private static int escaped(byte[] input, int at, int to) {
        if (to - at < 3) {
            return -1;
        }
        int high = Character.digit(input[at + 1], 16);
        int low = Character.digit(input[at + 2], 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    /** Writes a target, whose bytes and escapes were found valid, in its normal form. */
    private PathVerdict rewrite(byte[] input, int from, int inputPathTo, int to) {
        if (scratch.length < to - from) {
            scratch = new byte[Math.max(to - from, 2 * scratch.length)];
        }
        int at = from;
        int written = 0;
        while (at < inputPathTo) {
            // At a slash. What is written of a segment is never longer than what is read of it.
            scratch[written] = '/';
            int segment = written + 1;
            written = segment;
            at++;
            while (at < inputPathTo && input[at] != '/') {
                if (input[at] == '%') {
                    written = writeEscape(escaped(input, at, inputPathTo), written);
                    at += 3;
                } else {
                    scratch[written++] = input[at++];
                }
            }
            int dots = dots(segment, written);
            if (dots == 0) {
                continue;
            }
            if (dots < 0) {
                return PathVerdict.DOTS_WITH_PARAMETER;
            }
            if (dots == 2 && segment == 1) {
                return PathVerdict.ABOVE_ROOT;
            }
            int slash = dots == 1 ? segment - 1 : slashBefore(segment - 1);
            // A dot segment at the end leaves the slash before it (RFC 3986, section 5.2.4, steps B and C).
            written = at == inputPathTo ? slash + 1 : slash;
        }
        System.arraycopy(input, inputPathTo, scratch, written, to - inputPathTo);
        text = scratch;
        pathFrom = 0;
        pathTo = written;
        queryTo = written + to - inputPathTo;
        return PathVerdict.ACCEPTED;
    }

    private int writeEscape(int value, int at) {
        if ((CLASSES[value] & UNRESERVED) != 0) {
            scratch[at] = (byte) value;
            return at + 1;
        }
        scratch[at] = '%';
        scratch[at + 1] = HEX[value >> 4];
        scratch[at + 2] = HEX[value & 15];
        return at + 3;
    }

    /** 1 or 2 for a dot segment, -1 for one with a parameter, 0 for any other segment of the scratch array. */
    private int dots(int segment, int end) {
        int at = segment;
        while (at < end && at - segment < 2 && scratch[at] == '.') {
            at++;
        }
        if (at == end) {
            return at - segment;
        }
        return at > segment && scratch[at] == ';' ? -1 : 0;
    }

    /** The last slash of the scratch array before {@code end}. There is one: the first byte is a slash. */
    private int slashBefore(int end) {
        int at = end - 1;
        while (scratch[at] != '/') {
            at--;
        }
        return at;
    }

    private static byte[] classes() {
        byte[] classes = new byte[256];
        for (int b = 0x21; b < 0x7f; b++) {
            classes[b] = IN_QUERY;
        }
        mark(classes, "#<>", (byte) 0);
        for (int b = 0; b < 0x7f; b++) {
            if (isAlphanumeric(b)) {
                classes[b] = IN_QUERY | IN_PATH | UNRESERVED;
            }
        }
        mark(classes, "-_~", (byte) (IN_QUERY | IN_PATH | UNRESERVED));
        mark(classes, ".", (byte) (IN_QUERY | IN_PATH | UNRESERVED | NOTABLE));
        mark(classes, "%", (byte) (IN_QUERY | IN_PATH | NOTABLE));
        mark(classes, "!$&'()*+,;=:@/", (byte) (IN_QUERY | IN_PATH));
        return classes;
    }

    private static boolean isAlphanumeric(int b) {
        return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z';
    }

    private static void mark(byte[] classes, String characters, byte bits) {
        for (int i = 0; i < characters.length(); i++) {
            classes[characters.charAt(i)] = bits;
        }
    }
}
