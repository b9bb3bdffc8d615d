/** Tests of the package of the same name. */
@NullMarked
package io.fairlead.cluster.api;

import org.jspecify.annotations.NullMarked;
