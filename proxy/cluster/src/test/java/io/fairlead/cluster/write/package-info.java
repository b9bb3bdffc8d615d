/** Tests of the package of the same name. */
@NullMarked
package io.fairlead.cluster.write;

import org.jspecify.annotations.NullMarked;
