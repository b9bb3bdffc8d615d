/**
 * The first message of a client of TLS, read before anybody answers it.
 *
 * <p>Reads the bytes that a connection gives; writes nothing; never consumes them, since whoever ends TLS reads them
 * again.
 */
@NullMarked
package io.fairlead.ingress.tls.hello;

import org.jspecify.annotations.NullMarked;
