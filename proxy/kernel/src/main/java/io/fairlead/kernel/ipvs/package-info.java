/**
 * IPVS, the kernel's load balancer of connections: virtual servers, the real servers behind them, and time-outs.
 *
 * <p>Reads and writes the virtual servers of one network namespace by generic netlink; never knows whose they are, and
 * never touches one that its caller does not name.
 */
@NullMarked
package io.fairlead.kernel.ipvs;

import org.jspecify.annotations.NullMarked;
