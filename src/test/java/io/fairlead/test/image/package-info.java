/** The container image, as {@code ./fairlead image} builds it: what is in it, what it does, what others read in it. */
@NullMarked
package io.fairlead.test.image;

import org.jspecify.annotations.NullMarked;
