/** Tests of the package of the same name. */
@NullMarked
package io.fairlead.cluster.leader;

import org.jspecify.annotations.NullMarked;
