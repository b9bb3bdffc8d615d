/**
 * Programs under measurement: each runs in a fresh JVM and prints its figures, one {@code name=number} a line.
 *
 * <p>Reads nothing but its arguments; writes nf_tables, IPVS, addresses and routes of the network namespace it is born
 * in or of namespaces it makes itself; never touches another one.
 */
@NullMarked
package io.fairlead.bench.process;

import org.jspecify.annotations.NullMarked;
