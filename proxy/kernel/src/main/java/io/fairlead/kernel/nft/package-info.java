/**
 * nf_tables: its objects as values, transactions, and a driver that speaks netlink.
 *
 * <p>Reads and writes nf_tables of the network namespace in which the driver was opened; never decides policy and
 * never runs the {@code nft} program.
 */
@NullMarked
package io.fairlead.kernel.nft;

import org.jspecify.annotations.NullMarked;
