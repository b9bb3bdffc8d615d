/** Tests of who gets requests. */
@NullMarked
package io.fairlead.ingress.upstream;

import org.jspecify.annotations.NullMarked;
