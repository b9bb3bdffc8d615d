package io.fairlead.ingress.upstream;

/**
 * What stands for an endpoint in a session cookie.
 *
 * <p>Immutable.
 */
record SessionToken(long high, long low) {

    static final int DIGITS = 32;

    /** As the cookie has it: 32 hexadecimal digits. */
    String text() {
        return "%016x%016x".formatted(high, low);
    }

    /** Hot path: 16 digits as a number; whether they are some, {@link #areDigits} says. */
    static long number(byte[] text, int from) {
        long number = 0;
        for (int i = from; i < from + DIGITS / 2; i++) {
            number = number << 4 | digit(text[i]);
        }
        return number;
    }

    /** Hot path: whether these are digits as {@link #text} has them. */
    static boolean areDigits(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (digit(text[i]) < 0) {
                return false;
            }
        }
        return true;
    }

    private static int digit(byte c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    }
}
