/**
 * IPVS in memory: a kernel that refuses what the real one refuses.
 *
 * <p>Reads and writes only its own memory; never kinder than the kernel, which a test that sends both the same operations
 * holds.
 */
@NullMarked
package io.fairlead.kernel.ipvs.fake;

import org.jspecify.annotations.NullMarked;
