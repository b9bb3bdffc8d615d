/** Tests of container images. */
@NullMarked
package io.fairlead.lab.image;

import org.jspecify.annotations.NullMarked;
