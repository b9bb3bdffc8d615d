/** Tests of what the drivers share. */
@NullMarked
package io.fairlead.kernel;

import org.jspecify.annotations.NullMarked;
