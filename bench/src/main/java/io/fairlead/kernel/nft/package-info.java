/**
 * What benchmarks see of the driver's inside: the cost of writing a batch apart from that of the kernel.
 *
 * <p>Reads and writes nf_tables of the network namespace it was opened in; never used by a program that ships.
 */
@NullMarked
package io.fairlead.kernel.nft;

import org.jspecify.annotations.NullMarked;
