/**
 * How a process takes the place of another one on the same node without a connection being lost: it gets that one's
 * listening sockets, so that connections which wait to be accepted wait for both. Two sockets on one port
 * ({@code SO_REUSEPORT}) have a queue each, and what waits in that of the one that ends is reset.
 *
 * <p>Reads and writes a unix-domain socket in the run directory (SCM_RIGHTS, unix(7)); never decides when a process ends.
 */
@NullMarked
package io.fairlead.ingress.handover;

import org.jspecify.annotations.NullMarked;
