/**
 * The IPVS data plane: virtual servers for the plan of a node, on addresses of a link of their own.
 *
 * <p>Reads plans and what the kernel has; writes virtual servers that carry its flag, the link {@code fairlead-ipvs0} and
 * its addresses, and through {@link io.fairlead.agent.dataplane.nftables.IpvsTables} the tables beside IPVS; never decides
 * policy, and never touches a virtual server of others unless a Service has its address and port.
 */
@NullMarked
package io.fairlead.agent.dataplane.ipvs;

import org.jspecify.annotations.NullMarked;
