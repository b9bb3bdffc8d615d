package io.fairlead.runtime.table;

/**
 * An answer that can be written for people or for programs. Holds only immutable values, so that it is written after
 * whoever owns them went on.
 *
 * <p>Immutable.
 */
public interface View {

    /** For people: tables and sentences. */
    void writeText(Appendable out);

    /** For programs: the same in whatever notation the writer has. */
    void write(StructureWriter out);
}
