/** Tests of the package. */
@NullMarked
package io.fairlead.lab.cluster;

import org.jspecify.annotations.NullMarked;
