package io.fairlead.runtime.table;

/**
 * Foreign text made safe for one line of a terminal or a log.
 *
 * <p>Names and messages may come from hostile manifests: a line break would forge a log line, an escape sequence would
 * command the terminal, and a bidirectional control would make the line read other than it is. Thread-safe.
 */
public final class Printable {

    private static final String HEX = "0123456789abcdef";

    private Printable() {}

    /** The text with every control, line separator, bidirectional control and lone surrogate as a visible escape. */
    public static String line(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isPlain(text.charAt(i))) {
                return escaped(text, i);
            }
        }
        return text;
    }

    /** As {@link #line}, cut to {@code charsMax} with an ellipsis as its last character. */
    public static String line(String text, int charsMax) {
        String whole = line(text.length() > charsMax ? text.substring(0, charsMax + 1) : text);
        return whole.length() <= charsMax ? whole : whole.substring(0, cutAt(whole, charsMax - 1)) + "…";
    }

    /** Never between the two halves of a surrogate pair. */
    private static int cutAt(String text, int index) {
        return index > 0 && Character.isHighSurrogate(text.charAt(index - 1)) ? index - 1 : index;
    }

    private static String escaped(String text, int from) {
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, from);
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                out.append(c);
            } else if (isPair(text, i)) {
                out.append(c).append(text.charAt(++i));
            } else {
                escape(out, c);
            }
        }
        return out.toString();
    }

    private static boolean isPair(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
    }

    /** Appends a backslash escape that JSON understands as well. */
    static void escape(StringBuilder out, char c) {
        switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                out.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    out.append(HEX.charAt(c >> shift & 0xf));
                }
            }
        }
    }

    private static boolean isPlain(char c) {
        if (c < 0x7f) {
            return c >= ' ';
        }
        return c > 0x9f && !Character.isSurrogate(c) && !isLineOrDirectionControl(c);
    }

    /** U+2028 and U+2029 end lines; U+200E, U+200F, U+202A to 202E and U+2066 to 2069 turn the direction of text. */
    private static boolean isLineOrDirectionControl(char c) {
        return c == '\u200e' || c == '\u200f' || c >= '\u2028' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069';
    }
}
