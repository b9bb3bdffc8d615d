package io.fairlead.agent.view;

import io.fairlead.runtime.table.StructureWriter;

/**
 * An answer that can be written for people or for programs. Holds only immutable values, so that it is written outside
 * the proxy loop.
 *
 * <p>Immutable.
 */
public interface View {

    void writeText(Appendable out);

    void write(StructureWriter out);
}
