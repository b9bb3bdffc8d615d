/** Tests of TLS with backends. */
@NullMarked
package io.fairlead.ingress.tls.backend;

import org.jspecify.annotations.NullMarked;
