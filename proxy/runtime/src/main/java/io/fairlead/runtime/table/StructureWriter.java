package io.fairlead.runtime.table;

/**
 * Takes a structure of objects, arrays and values as a run of events and writes it in one notation. Whoever shows
 * something describes it once and has it in all notations.
 *
 * <p>A writer knows where it is: a value where a name belongs, or an end without its begin, is a bug of the caller and
 * throws {@link IllegalStateException}. Every method throws {@link java.io.UncheckedIOException} if the target refuses.
 * Confined to the thread that writes.
 */
public interface StructureWriter {

    StructureWriter beginObject();

    StructureWriter endObject();

    StructureWriter beginArray();

    StructureWriter endArray();

    /** The name of the member that follows. */
    StructureWriter name(String name);

    StructureWriter value(String value);

    StructureWriter value(long value);

    /** A finite number; others are written as {@link #nothing}. */
    StructureWriter value(double value);

    StructureWriter value(boolean value);

    /** The value null: known to be unknown. */
    StructureWriter nothing();

    default StructureWriter member(String name, String value) {
        return name(name).value(value);
    }

    default StructureWriter member(String name, long value) {
        return name(name).value(value);
    }

    default StructureWriter member(String name, double value) {
        return name(name).value(value);
    }

    default StructureWriter member(String name, boolean value) {
        return name(name).value(value);
    }
}
