/**
 * NodePorts on [::1]: the kernel never routes from ::1, so TCP connections to it are relayed in user space. It is the
 * one path that ends with the agent.
 *
 * <p>Reads changes of the plan; writes nothing but the bytes of the connections that it relays; never serves another
 * address, UDP or SCTP, and never writes the kernel's tables.
 */
@NullMarked
package io.fairlead.agent.relay;

import org.jspecify.annotations.NullMarked;
