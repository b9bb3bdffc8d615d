/**
 * How a Fairlead process runs: options, logging, metrics, health, local sockets and signals.
 *
 * <p>Reads the command line and the environment; writes the process's own log, metrics page and sockets; never
 * knows Kubernetes or netlink.
 */
@NullMarked
package io.fairlead.runtime;

import org.jspecify.annotations.NullMarked;
