package io.fairlead.runtime.table;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Writes one JSON text (RFC 8259) value by value, on one line or indented.
 *
 * <p>Confined to the thread that writes.
 */
public final class JsonWriter implements StructureWriter {

    private final Appendable out;
    private final boolean indented;
    private final Nesting nesting = new Nesting();

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

    @Override
    public JsonWriter beginObject() {
        return begin('{', true);
    }

    @Override
    public JsonWriter endObject() {
        return end('}', true);
    }

    @Override
    public JsonWriter beginArray() {
        return begin('[', false);
    }

    @Override
    public JsonWriter endArray() {
        return end(']', false);
    }

    @Override
    public JsonWriter name(String name) {
        separate(nesting.name(name));
        write(quoted(name));
        write(indented ? ": " : ":");
        return this;
    }

    @Override
    public JsonWriter value(String value) {
        return leaf(quoted(value));
    }

    @Override
    public JsonWriter value(long value) {
        return leaf(Long.toString(value));
    }

    /** JSON has no other numbers than finite ones (RFC 8259 section 6). */
    @Override
    public JsonWriter value(double value) {
        return leaf(Double.isFinite(value) ? Double.toString(value) : "null");
    }

    @Override
    public JsonWriter value(boolean value) {
        return leaf(Boolean.toString(value));
    }

    @Override
    public JsonWriter nothing() {
        return leaf("null");
    }

    private JsonWriter leaf(String text) {
        beforeValue();
        write(text);
        nesting.leaf();
        return afterValue();
    }

    private JsonWriter begin(char bracket, boolean object) {
        beforeValue();
        nesting.begin(object);
        write(bracket);
        return this;
    }

    private JsonWriter end(char bracket, boolean object) {
        if (nesting.end(object)) {
            breakLine();
        }
        write(bracket);
        return afterValue();
    }

    private void beforeValue() {
        boolean element = nesting.depth() > 0 && !nesting.isNamed();
        boolean first = nesting.value();
        if (element) {
            separate(first);
        }
    }

    private JsonWriter afterValue() {
        if (nesting.isComplete() && indented) {
            write('\n');
        }
        return this;
    }

    private void separate(boolean first) {
        if (!first) {
            write(',');
        }
        breakLine();
    }

    private void breakLine() {
        if (indented) {
            write('\n');
            write("  ".repeat(nesting.depth()));
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
