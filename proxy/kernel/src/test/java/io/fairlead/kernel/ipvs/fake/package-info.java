/** Tests of IPVS in memory. */
@NullMarked
package io.fairlead.kernel.ipvs.fake;

import org.jspecify.annotations.NullMarked;
