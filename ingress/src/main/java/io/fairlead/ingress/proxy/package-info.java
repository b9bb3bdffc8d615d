/**
 * The way of a request: a client's connection, the route that is found for it, the backend that is asked, and the answer
 * on its way back. {@link io.fairlead.ingress.proxy.Exchange} tells the whole story; a {@code Downstream} is the
 * client's half of it, in one version of HTTP.
 *
 * <p>Reads what clients send, and one reference to the routes per request; writes answers; never takes a lock, knows an
 * annotation or asks the cluster anything.
 */
@NullMarked
package io.fairlead.ingress.proxy;

import org.jspecify.annotations.NullMarked;
