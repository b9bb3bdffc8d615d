package io.fairlead.ingress.proxy.http1;

/**
 * The version of a start line (RFC 9112 section 2.3).
 *
 * <p>Thread-safe: it has no state.
 */
final class HttpVersion {

    static final int BAD = 0;
    static final int HTTP_10 = 1;
    static final int HTTP_11 = 2;
    /** Well-formed, but none of those above. */
    static final int OTHER = 3;

    static final int LENGTH = 8;

    /** {@code HTTP/1.} as a word, lowest byte first; the byte on top is the minor version. */
    private static final long HTTP_1 = 0x002e312f50545448L;

    private static final long NAME_MASK = 0xffffffffffL;
    private static final long ALL_BUT_MINOR = 0xffffffffffffffL;

    private HttpVersion() {}

    static int of(byte[] text, int from, int to) {
        if (to - from != LENGTH) {
            return BAD;
        }
        long word = HttpBytes.word(text, from);
        byte minor = text[from + 7];
        if ((word & ALL_BUT_MINOR) == HTTP_1 && (minor == '0' || minor == '1')) {
            return minor == '1' ? HTTP_11 : HTTP_10;
        }
        boolean formed = (word & NAME_MASK) == (HTTP_1 & NAME_MASK)
                && HttpBytes.isDigit(text[from + 5])
                && text[from + 6] == '.'
                && HttpBytes.isDigit(minor);
        return formed ? OTHER : BAD;
    }
}
