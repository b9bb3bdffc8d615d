/** Tests of the package. */
@NullMarked
package io.fairlead.lab.topology;

import org.jspecify.annotations.NullMarked;
