/**
 * What programs show: tables for people, JSON and YAML for programs.
 *
 * <p>Reads values that the caller took apart by explicit code; writes text to an {@link Appendable}; never reflects
 * and never lets a foreign string reach a terminal unescaped.
 */
@NullMarked
package io.fairlead.runtime.table;

import org.jspecify.annotations.NullMarked;
