/** Tests of the package of the same name. */
@NullMarked
package io.fairlead.ingress.status;

import org.jspecify.annotations.NullMarked;
