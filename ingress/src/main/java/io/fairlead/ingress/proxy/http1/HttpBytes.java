package io.fairlead.ingress.proxy.http1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Classes of bytes, and looking for them eight at a time.
 *
 * <p>The word tricks: subtracting n from each byte of a word borrows into a byte's top bit if the byte was below n (and
 * its own top bit was clear). A borrow runs on into higher bytes only, so the lowest hit of a word is always true; on
 * little-endian words the lowest is the first in memory.
 *
 * <p>Thread-safe: it has no state.
 */
public final class HttpBytes {

    static final int SP = ' ';
    static final int HTAB = '\t';
    static final int CR = '\r';
    static final int LF = '\n';

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;
    private static final long CASE_BITS = 0x2020202020202020L;
    private static final int DEL = 0x7f;

    private static final boolean[] TOKEN = bytes("!#$%&'*+-.^_`|~");
    private static final boolean[] REG_NAME = bytes("-._");

    private HttpBytes() {}

    /** A table that is true for ASCII letters, digits and these. */
    private static boolean[] bytes(String others) {
        boolean[] table = new boolean[256];
        for (int i = 0; i < 128; i++) {
            boolean letter = (i | 0x20) >= 'a' && (i | 0x20) <= 'z';
            table[i] = letter || (i >= '0' && i <= '9') || others.indexOf(i) >= 0;
        }
        return table;
    }

    static long word(byte[] text, int at) {
        return (long) WORD.get(text, at);
    }

    /** Hot path: the first byte that cannot stand in a token (RFC 9110 section 5.6.2), or {@code to}. */
    public static int tokenEnd(byte[] text, int from, int to) {
        int i = from;
        while (i < to && TOKEN[text[i] & 0xff]) {
            i++;
        }
        return i;
    }

    /**
     * The first byte that cannot stand in a registered name as DNS has them (letters, digits, {@code -._}), or
     * {@code to}.
     */
    static int regNameEnd(byte[] text, int from, int to) {
        int i = from;
        while (i < to && REG_NAME[text[i] & 0xff]) {
            i++;
        }
        return i;
    }

    /** Hot path: the first byte that is a control (below 0x20, or DEL), or {@code to}. */
    public static int control(byte[] text, int from, int to) {
        int i = from;
        for (; i <= to - 8; i += 8) {
            long word = word(text, i);
            long del = word ^ (DEL * ONES);
            long hits = (((word - ' ' * ONES) & ~word) | ((del - ONES) & ~del)) & TOPS;
            if (hits != 0) {
                return i + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
        while (i < to && !isControl(text[i])) {
            i++;
        }
        return i;
    }

    static boolean isControl(byte b) {
        return (b >= 0 && b < ' ') || b == DEL;
    }

    /** Hot path: the first byte that is not visible ASCII, or is {@code #}, or {@code to}. */
    static int targetEnd(byte[] text, int from, int to) {
        int i = from;
        for (; i <= to - 8; i += 8) {
            long word = word(text, i);
            long del = word ^ (DEL * ONES);
            long hash = word ^ ('#' * ONES);
            long hits = (word | (word - '!' * ONES) | (del - ONES) | ((hash - ONES) & ~hash)) & TOPS;
            if (hits != 0) {
                break;
            }
        }
        while (i < to && text[i] > ' ' && text[i] < DEL && text[i] != '#') {
            i++;
        }
        return i;
    }

    /**
     * Hot path: whether the text at {@code from} is this, which is of lower-case letters and {@code -}; the text
     * is a token.
     */
    public static boolean tokenIs(byte[] text, int from, int to, byte[] lower) {
        int length = lower.length;
        if (to - from != length) {
            return false;
        }
        // In a token, the bit that tells upper from lower case makes no other byte into a letter or a hyphen.
        int i = 0;
        for (; i <= length - 8; i += 8) {
            if ((word(text, from + i) | CASE_BITS) != word(lower, i)) {
                return false;
            }
        }
        if (length >= 8) {
            return (word(text, to - 8) | CASE_BITS) == word(lower, length - 8);
        }
        while (i < length && (text[from + i] | 0x20) == lower[i]) {
            i++;
        }
        return i == length;
    }

    /** Whether both ranges are the same but for the case of ASCII letters. */
    static boolean same(byte[] text, int from, int to, int otherFrom, int otherTo) {
        if (to - from != otherTo - otherFrom) {
            return false;
        }
        for (int i = 0; i < to - from; i++) {
            if (lower(text[from + i]) != lower(text[otherFrom + i])) {
                return false;
            }
        }
        return true;
    }

    /** Whether the range is this, which is in lower case; any bytes. */
    static boolean is(byte[] text, int from, int to, byte[] lower) {
        if (to - from != lower.length) {
            return false;
        }
        for (int i = 0; i < lower.length; i++) {
            if (lower(text[from + i]) != lower[i]) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    static boolean isOws(byte b) {
        return b == SP || b == HTAB;
    }

    /** The value of a hexadecimal digit, or -1. */
    static int hex(byte b) {
        int low = b | 0x20;
        if (isDigit(b)) {
            return b - '0';
        }
        return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
    }
}
