/**
 * What load balancers and proxies in front of this one say of clients, and which of them are believed.
 *
 * <p>Reads forwarded fields of requests; writes those that backends get; never believes anybody whom the operator did not
 * name.
 */
@NullMarked
package io.fairlead.ingress.proxy.front;

import org.jspecify.annotations.NullMarked;
