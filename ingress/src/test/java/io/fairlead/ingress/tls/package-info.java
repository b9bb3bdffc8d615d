/** Tests of TLS with clients, real ones among them. */
@NullMarked
package io.fairlead.ingress.tls;

import org.jspecify.annotations.NullMarked;
