/** Tests of the messages of IPVS, byte by byte. */
@NullMarked
package io.fairlead.kernel.ipvs;

import org.jspecify.annotations.NullMarked;
