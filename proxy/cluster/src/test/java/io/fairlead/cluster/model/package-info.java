/** Tests of the package of the same name. */
@NullMarked
package io.fairlead.cluster.model;

import org.jspecify.annotations.NullMarked;
