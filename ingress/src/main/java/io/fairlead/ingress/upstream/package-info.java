/**
 * The backends' side of a request: groups of endpoints, the choice among them, the connections that are kept to each of
 * them on each event loop, and the backend's half of HTTP.
 *
 * <p>Reads what backends answer; writes the requests that it is given; never chooses a route, changes a head or speaks to
 * a client.
 */
@NullMarked
package io.fairlead.ingress.upstream;

import org.jspecify.annotations.NullMarked;
