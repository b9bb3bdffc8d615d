package io.fairlead.runtime.table;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Writes one JSON text (RFC 8259) value by value, on one line or indented.
 *
 * <p>The writer knows where it is: a value where a name belongs, or an end without its begin, is a bug of the caller and
 * throws {@link IllegalStateException}. Every method throws {@link UncheckedIOException} if the target refuses. Confined
 * to the thread that writes.
 */
public final class JsonWriter {

    /** Deepest nesting: what Fairlead shows is flat. */
    private static final int DEPTH_MAX = 32;

    private final Appendable out;
    private final boolean indented;
    private final boolean[] inObject = new boolean[DEPTH_MAX];
    private final boolean[] hasMembers = new boolean[DEPTH_MAX];
    private int depth;
    private boolean named;

    private JsonWriter(Appendable out, boolean indented) {
        this.out = out;
        this.indented = indented;
    }

    /** Everything on one line, for logs. */
    public static JsonWriter compact(Appendable out) {
        return new JsonWriter(out, false);
    }

    /** Two blanks for each level, for people. */
    public static JsonWriter indented(Appendable out) {
        return new JsonWriter(out, true);
    }

    public JsonWriter beginObject() {
        return begin('{', true);
    }

    public JsonWriter endObject() {
        return end('}', true);
    }

    public JsonWriter beginArray() {
        return begin('[', false);
    }

    public JsonWriter endArray() {
        return end(']', false);
    }

    /** The name of the member that follows. */
    public JsonWriter name(String name) {
        if (depth <= 0 || !inObject[depth - 1] || named) {
            throw new IllegalStateException("no name belongs here: " + name);
        }
        separate();
        write(quoted(name));
        write(indented ? ": " : ":");
        named = true;
        return this;
    }

    public JsonWriter value(String value) {
        return raw(quoted(value));
    }

    public JsonWriter value(long value) {
        return raw(Long.toString(value));
    }

    /** A finite number; JSON has no other (RFC 8259 section 6), so that others are written as null. */
    public JsonWriter value(double value) {
        return raw(Double.isFinite(value) ? Double.toString(value) : "null");
    }

    public JsonWriter value(boolean value) {
        return raw(Boolean.toString(value));
    }

    /** The value null: known to be unknown. */
    public JsonWriter nothing() {
        return raw("null");
    }

    public JsonWriter member(String name, String value) {
        return name(name).value(value);
    }

    public JsonWriter member(String name, long value) {
        return name(name).value(value);
    }

    public JsonWriter member(String name, double value) {
        return name(name).value(value);
    }

    public JsonWriter member(String name, boolean value) {
        return name(name).value(value);
    }

    private JsonWriter raw(String text) {
        beforeValue();
        write(text);
        afterValue();
        return this;
    }

    private JsonWriter begin(char bracket, boolean object) {
        if (depth == DEPTH_MAX) {
            throw new IllegalStateException("nested deeper than " + DEPTH_MAX);
        }
        beforeValue();
        write(bracket);
        inObject[depth] = object;
        hasMembers[depth] = false;
        depth++;
        return this;
    }

    private JsonWriter end(char bracket, boolean object) {
        if (depth <= 0 || inObject[depth - 1] != object || named) {
            throw new IllegalStateException("no " + bracket + " belongs here");
        }
        depth--;
        if (hasMembers[depth]) {
            breakLine();
        }
        write(bracket);
        afterValue();
        return this;
    }

    private void beforeValue() {
        if (depth < 0) {
            throw new IllegalStateException("a second value after the end of the text");
        }
        if (depth > 0 && inObject[depth - 1]) {
            if (!named) {
                throw new IllegalStateException("a name belongs here");
            }
            named = false;
        } else if (depth > 0) {
            separate();
        }
    }

    /** The outermost value is complete: nothing may follow. */
    private void afterValue() {
        if (depth == 0) {
            depth = -1;
            if (indented) {
                write('\n');
            }
        }
    }

    private void separate() {
        if (hasMembers[depth - 1]) {
            write(',');
        }
        hasMembers[depth - 1] = true;
        breakLine();
    }

    private void breakLine() {
        if (indented) {
            write('\n');
            write("  ".repeat(depth));
        }
    }

    /** RFC 8259 section 7; what is unsafe in a terminal or in HTML is escaped as well. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c == '<' || c >= 0x7f) {
                Printable.escape(quoted, c);
            } else {
                quoted.append(c);
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

    private void write(char c) {
        try {
            out.append(c);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
