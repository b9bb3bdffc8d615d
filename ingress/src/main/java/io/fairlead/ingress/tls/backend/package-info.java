/**
 * TLS with backends: which certificates are believed, and the handlers of its connections.
 *
 * <p>Reads the typed settings of routes and the PEM of authorities; writes nothing; never opens a connection and never
 * reads a Secret itself.
 */
@NullMarked
package io.fairlead.ingress.tls.backend;

import org.jspecify.annotations.NullMarked;
