/** Tests of {@link io.fairlead.kernel.ipset} on the real kernel. */
@NullMarked
package io.fairlead.kernel.ipset;

import org.jspecify.annotations.NullMarked;
