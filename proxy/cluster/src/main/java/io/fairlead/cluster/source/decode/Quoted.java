package io.fairlead.cluster.source.decode;

/**
 * Text from outside, made fit for one line of a log: short, and without control characters.
 *
 * <p>Thread-safe: only pure functions.
 */
public final class Quoted {

    private static final int LENGTH_MAX = 64;

    private Quoted() {}

    /** The text in quotes; what does not belong into a line becomes {@code ?}, what is too much an ellipsis. */
    public static String of(String text) {
        return "'" + line(text, LENGTH_MAX) + "'";
    }

    /** The text without quotes, at most {@code max} characters of it. */
    public static String line(String text, int max) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), max) + 1);
        for (int i = 0; i < text.length() && i < max; i++) {
            char c = text.charAt(i);
            line.append(c < ' ' || c >= 0x7f ? '?' : c);
        }
        return text.length() > max ? line.append('…').toString() : line.toString();
    }
}
