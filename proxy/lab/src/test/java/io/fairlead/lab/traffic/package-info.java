/** Tests of the package. */
@NullMarked
package io.fairlead.lab.traffic;

import org.jspecify.annotations.NullMarked;
