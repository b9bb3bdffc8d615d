/**
 * The host and path of a request in the one form that routes are matched against and that backends receive.
 *
 * <p>Reads ranges of a byte array that an event loop owns; writes its own scratch array; never allocates per request,
 * quotes a request in a message or knows a route.
 */
@NullMarked
package io.fairlead.ingress.route.request;

import org.jspecify.annotations.NullMarked;
