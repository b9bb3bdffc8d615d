/** Tests of the reading of ClientHellos. */
@NullMarked
package io.fairlead.ingress.tls.hello;

import org.jspecify.annotations.NullMarked;
