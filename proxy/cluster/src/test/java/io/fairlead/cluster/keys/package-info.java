/** Tests of the package of the same name. */
@NullMarked
package io.fairlead.cluster.keys;

import org.jspecify.annotations.NullMarked;
