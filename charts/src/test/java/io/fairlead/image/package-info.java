/** Tests of the package. */
@NullMarked
package io.fairlead.image;

import org.jspecify.annotations.NullMarked;
