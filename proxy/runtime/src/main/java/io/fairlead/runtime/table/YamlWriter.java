package io.fairlead.runtime.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Set;

/**
 * Writes one YAML document (1.2.2, block style) value by value.
 *
 * <p>A text stands without quotes only if no parser, of YAML 1.1 either, could take it for something else: it begins
 * with a letter or a slash, has ordinary characters only, and is none of the words for booleans and null. Every other
 * text is double-quoted (section 7.3.1), with everything outside ASCII escaped. Half a surrogate pair, which YAML
 * cannot say, becomes U+FFFD. Names must be shorter than 1,000 characters (section 7.4). Confined to the thread that
 * writes.
 */
public final class YamlWriter implements StructureWriter {

    private static final Set<String> WORDS =
            Set.of("null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity");
    private static final String INNER = " ._/:@,()[]'+=%&;<>|-";
    private static final char REPLACEMENT = '\ufffd';

    private final Appendable out;
    private final Nesting nesting = new Nesting();
    /** Whether the first child stands behind the dash of the item that is its parent, or begins the document. */
    private boolean onLine = true;

    private YamlWriter(Appendable out) {
        this.out = out;
    }

    public static YamlWriter of(Appendable out) {
        return new YamlWriter(out);
    }

    @Override
    public YamlWriter beginObject() {
        return begin(true);
    }

    @Override
    public YamlWriter endObject() {
        return end(true);
    }

    @Override
    public YamlWriter beginArray() {
        return begin(false);
    }

    @Override
    public YamlWriter endArray() {
        return end(false);
    }

    @Override
    public YamlWriter name(String name) {
        nesting.name(name);
        child();
        write(scalar(name));
        write(":");
        return this;
    }

    @Override
    public YamlWriter value(String value) {
        return leaf(scalar(value));
    }

    @Override
    public YamlWriter value(long value) {
        return leaf(Long.toString(value));
    }

    @Override
    public YamlWriter value(double value) {
        return leaf(Double.isFinite(value) ? Double.toString(value) : "null");
    }

    @Override
    public YamlWriter value(boolean value) {
        return leaf(Boolean.toString(value));
    }

    @Override
    public YamlWriter nothing() {
        return leaf("null");
    }

    private YamlWriter leaf(String text) {
        beforeValue();
        if (nesting.depth() > 0) {
            write(" ");
        }
        write(text);
        nesting.leaf();
        return afterValue();
    }

    /** An object or array shows only by its first child, since an empty one is written another way. */
    private YamlWriter begin(boolean object) {
        boolean item = beforeValue();
        nesting.begin(object);
        onLine = item || nesting.depth() == 1;
        return this;
    }

    private YamlWriter end(boolean object) {
        if (!nesting.end(object)) {
            write((nesting.depth() == 0 ? "" : " ") + (object ? "{}" : "[]"));
        }
        onLine = false;
        return afterValue();
    }

    /** @return whether the value is an item of an array */
    private boolean beforeValue() {
        boolean item = nesting.depth() > 0 && !nesting.isNamed();
        nesting.value();
        if (item) {
            child();
            write("-");
        }
        return item;
    }

    /** Goes to where a name or the dash of an item stands. */
    private void child() {
        if (!onLine) {
            write("\n" + "  ".repeat(nesting.depth() - 1));
        } else if (nesting.depth() > 1) {
            write(" ");
        }
        onLine = false;
    }

    private YamlWriter afterValue() {
        if (nesting.isComplete()) {
            write("\n");
        }
        return this;
    }

    private static String scalar(String text) {
        return isPlain(text) ? text : quoted(text);
    }

    private static boolean isPlain(String text) {
        if (text.isEmpty() || WORDS.contains(text.toLowerCase(Locale.ROOT))) {
            return false;
        }
        char before = 'a';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean ordinary = isLetter(c) || i > 0 && (isDigit(c) || INNER.indexOf(c) >= 0) || i == 0 && c == '/';
            // A colon before a blank or the end would make it a name.
            if (!ordinary || c == ' ' && before == ':') {
                return false;
            }
            before = c;
        }
        return before != ' ' && before != ':';
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c >= Character.MIN_SUPPLEMENTARY_CODE_POINT) {
                quoted.append(String.format(Locale.ROOT, "\\U%08x", c));
            } else if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                Printable.escape(quoted, REPLACEMENT);
            } else if (c < ' ' || c >= 0x7f) {
                Printable.escape(quoted, (char) c);
            } else {
                quoted.append((char) c);
            }
        }
        return quoted.append('"').toString();
    }

    private void write(String text) {
        try {
            out.append(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
