/** Tests of the probes, on this kernel and on a fake that refuses. */
@NullMarked
package io.fairlead.kernel.feature;

import org.jspecify.annotations.NullMarked;
