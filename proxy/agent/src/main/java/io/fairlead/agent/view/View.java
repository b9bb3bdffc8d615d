package io.fairlead.agent.view;

import io.fairlead.runtime.table.StructureWriter;

/**
 * An answer that can be written for people or for programs. Holds only immutable values, so that it is written outside
 * the proxy loop.
 *
 * <p>Immutable.
 */
public interface View {

    /** For people: tables and sentences. */
    void writeText(Appendable out);

    /** For programs: the same in whatever notation the writer has. */
    void write(StructureWriter out);
}
