/**
 * Ends UDP flows that the kernel still sends where the plan would not: a UDP client that never pauses keeps its
 * conntrack entry alive, and so its old backend.
 *
 * <p>Reads changes of the plan and the conntrack table; writes deletions of stale entries; never touches TCP or SCTP,
 * what belongs to no Service, or the speed of the proxy loop.
 */
@NullMarked
package io.fairlead.agent.conntrack;

import org.jspecify.annotations.NullMarked;
