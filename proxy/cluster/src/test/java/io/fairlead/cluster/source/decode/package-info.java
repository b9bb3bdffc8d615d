/** Tests of the package of the same name. */
@NullMarked
package io.fairlead.cluster.source.decode;

import org.jspecify.annotations.NullMarked;
