/**
 * What this kernel can do.
 *
 * <p>Reads nothing: every answer comes from doing it; writes nothing that outlives the question; never compares version
 * strings.
 */
@NullMarked
package io.fairlead.kernel.feature;

import org.jspecify.annotations.NullMarked;
