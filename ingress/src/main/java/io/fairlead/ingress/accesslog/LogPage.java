package io.fairlead.ingress.accesslog;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Lines of the log, as bytes. What clients sent is bounded and escaped, so that it can neither end a line nor be taken for
 * another field.
 *
 * <p>Confined to one thread at a time, which hands it over.
 */
final class LogPage {

    static final int BYTES = 64 * 1024;
    /** More than any line has. */
    static final int LINE_BYTES_MAX = 12 * 1024;

    private static final int TEXT_BYTES_MAX = 2 * 1024;
    private static final int NUMBER_DIGITS_MAX = 20;
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private final byte[] bytes = new byte[BYTES];
    private final byte[] digits = new byte[NUMBER_DIGITS_MAX];
    private int length;

    boolean isEmpty() {
        return length == 0;
    }

    /** Hot path: whether another line fits for sure. */
    boolean hasRoom() {
        return length + LINE_BYTES_MAX <= BYTES;
    }

    /** Hot path: bytes that are ours. */
    LogPage put(byte[] text) {
        System.arraycopy(text, 0, bytes, length, text.length);
        length += text.length;
        return this;
    }

    /** Hot path: the first of some bytes that are ours. */
    LogPage put(byte[] text, int count) {
        System.arraycopy(text, 0, bytes, length, count);
        length += count;
        return this;
    }

    LogPage put(char ascii) {
        bytes[length++] = (byte) ascii;
        return this;
    }

    /** Hot path: a text of the cluster's objects, which is ASCII. */
    LogPage put(String ascii) {
        for (int i = 0; i < ascii.length(); i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    /** Hot path: a number that is not negative. */
    LogPage put(long number) {
        int count = 0;
        long left = number;
        do {
            digits[count++] = (byte) ('0' + left % 10);
            left /= 10;
        } while (left > 0);
        while (count > 0) {
            bytes[length++] = digits[--count];
        }
        return this;
    }

    /** Hot path: seconds with three digits behind the point. */
    LogPage seconds(long nanos) {
        long millis = nanos / 1_000_000;
        put(millis / 1_000).put('.');
        int rest = (int) (millis % 1_000);
        bytes[length++] = (byte) ('0' + rest / 100);
        bytes[length++] = (byte) ('0' + rest / 10 % 10);
        bytes[length++] = (byte) ('0' + rest % 10);
        return this;
    }

    /** Hot path: bytes of a client, cut off where they are too many; within quotation marks of JSON. */
    LogPage json(byte[] text, int from, int to) {
        int end = length + TEXT_BYTES_MAX;
        for (int i = from; i < to && length < end; i++) {
            byte each = text[i];
            if (each == '"' || each == '\\') {
                bytes[length++] = '\\';
                bytes[length++] = each;
            } else if (each >= ' ' && each < 0x7f) {
                bytes[length++] = each;
            } else {
                // Whatever the bytes mean, the line is valid JSON: each stands for the character of its number.
                bytes[length++] = '\\';
                bytes[length++] = 'u';
                bytes[length++] = '0';
                bytes[length++] = '0';
                hex(each);
            }
        }
        return this;
    }

    /** Hot path: the same as Apache and nginx write it. */
    LogPage text(byte[] text, int from, int to) {
        int end = length + TEXT_BYTES_MAX;
        for (int i = from; i < to && length < end; i++) {
            byte each = text[i];
            if (each >= ' ' && each < 0x7f && each != '"' && each != '\\') {
                bytes[length++] = each;
            } else {
                bytes[length++] = '\\';
                bytes[length++] = 'x';
                hex(each);
            }
        }
        return this;
    }

    private void hex(byte each) {
        bytes[length++] = HEX[each >> 4 & 15];
        bytes[length++] = HEX[each & 15];
    }

    /** Writes all lines and has none then. */
    void drainTo(OutputStream out) throws IOException {
        int all = length;
        length = 0;
        out.write(bytes, 0, all);
    }
}
