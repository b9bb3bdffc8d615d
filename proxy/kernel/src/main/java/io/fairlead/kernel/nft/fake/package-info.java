/**
 * nf_tables in memory: a kernel that refuses what the real one refuses, a packet's way through its tables, and their text.
 *
 * <p>Reads and writes only its own memory; never kinder than the kernel, which a test in common with the netlink driver
 * holds.
 */
@NullMarked
package io.fairlead.kernel.nft.fake;

import org.jspecify.annotations.NullMarked;
